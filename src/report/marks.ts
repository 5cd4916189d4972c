import type { CheckDetail, ComparisonResult, ComparisonVerdict, RunRecord, SlaResult, SlaVerdict, WorkloadRecord } from '../record/schema.ts';
import { formatCount } from './values.ts';

/** Verdicts as words and tones. The word carries the meaning, the tone only helps the eye. */
export type Tone = 'good' | 'bad' | 'warn' | 'muted';

export interface Mark {
  word: string;
  tone: Tone;
}

const SLA: Record<SlaVerdict, Mark> = {
  pass: { word: 'pass', tone: 'good' },
  breach: { word: 'breach', tone: 'bad' },
  undecided: { word: 'undecided', tone: 'warn' },
  'too-few-samples': { word: 'too few samples', tone: 'warn' },
  'not-measured': { word: 'not measured', tone: 'muted' },
};

const COMPARISON: Record<ComparisonVerdict, Mark> = {
  regression: { word: 'regression', tone: 'bad' },
  improved: { word: 'improved', tone: 'good' },
  same: { word: 'within noise', tone: 'muted' },
  inconclusive: { word: 'inconclusive', tone: 'warn' },
  advisory: { word: 'advisory', tone: 'muted' },
  'no-baseline': { word: 'no baseline', tone: 'muted' },
  'not-comparable': { word: 'not comparable', tone: 'warn' },
  'not-measured': { word: 'not measured', tone: 'muted' },
};

const RUN: Record<RunRecord['verdict']['status'], Mark> = {
  pass: { word: 'PASS', tone: 'good' },
  fail: { word: 'FAIL', tone: 'bad' },
  invalid: { word: 'INVALID', tone: 'warn' },
  interrupted: { word: 'INTERRUPTED', tone: 'warn' },
  error: { word: 'ERROR', tone: 'bad' },
};

const WORKLOAD: Record<WorkloadRecord['status'], Mark> = {
  measured: { word: 'measured', tone: 'good' },
  'partly-measured': { word: 'partly measured', tone: 'warn' },
  'not-measured': { word: 'not measured', tone: 'muted' },
  interrupted: { word: 'interrupted', tone: 'warn' },
};

const TONES: Record<SlaResult['severity'], Tone> = { critical: 'bad', warning: 'warn', info: 'muted' };

/** The verdict of a check of behaviour; one that is not critical is a warning. */
export function checkMark({ verdict, severity = 'critical' }: CheckDetail['checks'][number]): Mark {
  if (verdict === 'pass') return { word: 'pass', tone: 'good' };
  return { word: severity === 'critical' ? 'fail' : `fail (${severity})`, tone: TONES[severity] };
}

export const runMark = (record: RunRecord): Mark => RUN[record.verdict.status];
export const comparisonMark = (verdict: ComparisonVerdict): Mark => COMPARISON[verdict];
/** The verdict of one comparison; a regression that a person accepts for now is a warning. */
export const changeMark = (result: Pick<ComparisonResult, 'verdict' | 'waived'>): Mark => (result.waived === undefined ? COMPARISON[result.verdict] : { word: `${COMPARISON[result.verdict].word} (waived)`, tone: 'warn' });
export const workloadMark = (status: WorkloadRecord['status']): Mark => WORKLOAD[status];

/** The verdict of a limit; a breach of a limit that is not critical is a warning. */
export function slaMark(result: SlaResult): Mark {
  const mark = SLA[result.verdict];
  if (result.verdict === 'breach' && result.waived !== undefined) return { word: 'breach (waived)', tone: 'warn' };
  return result.verdict === 'breach' && result.severity !== 'critical' ? { word: `breach (${result.severity})`, tone: TONES[result.severity] } : mark;
}

/** `too few samples, needs 299`: never a figure that cannot be one. */
export function slaWords(result: SlaResult): string {
  const { word } = slaMark(result);
  return result.verdict === 'too-few-samples' && result.samplesNeeded !== null ? `${word}, needs ${formatCount(result.samplesNeeded)}` : word;
}
