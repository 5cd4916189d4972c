import type { ReadinessItem, ReadinessVerdict, RunRecord } from '../record/schema.ts';
import { formatMs } from '../units.ts';
import { runMark, type Mark } from './marks.ts';
import { plain, truncate } from './text.ts';
import { formatCount, formatTime, plural } from './values.ts';

const MARKS: Record<ReadinessVerdict, Mark> = {
  pass: { word: 'holds', tone: 'good' },
  warning: { word: 'warning', tone: 'warn' },
  fail: { word: 'does not hold', tone: 'bad' },
  undecided: { word: 'undecided', tone: 'warn' },
  'not-measured': { word: 'not measured', tone: 'muted' },
  'not-measurable': { word: 'not measurable from outside', tone: 'muted' },
};

export const readinessMark = (verdict: ReadinessVerdict): Mark => MARKS[verdict];

/** Of one sentence; limits, checks and series have all of it elsewhere in the report. */
const LONGEST = 240;

/** What decided an item, each sentence with the workload it speaks of where there are several. */
export function evidenceText(evidence: ReadinessItem['evidence']): string {
  const named = evidence.map(({ by, sentence }) => {
    const [workload = ''] = by.split('/');
    const said = truncate(plain(sentence), LONGEST);
    return evidence.length === 1 || workload === by || sentence.startsWith(workload) ? said : `${workload}: ${said}`;
  });
  return [...new Set(named)].join('; ');
}

/** One guide of one system. */
export interface ReadinessView {
  scenario: string;
  guide: string;
  measurable: readonly ReadinessItem[];
  /** By the reason why nothing from outside can decide them. */
  others: { why: string; items: string[] }[];
  /** `21 hold, 1 does not hold, 6 not measured; 38 not measurable from outside` */
  summary: string;
}

export function readinessViews(record: RunRecord): ReadinessView[] {
  return record.scenarios.flatMap(({ name, readiness }) => {
    if (readiness === undefined) return [];
    const measurable = readiness.items.filter(({ verdict }) => verdict !== 'not-measurable');
    const others = new Map<string, string[]>();
    for (const { item, verdict, evidence } of readiness.items) {
      if (verdict !== 'not-measurable') continue;
      const why = evidence[0]?.sentence ?? '';
      others.set(why, [...(others.get(why) ?? []), item]);
    }
    return [{ scenario: name, guide: readiness.guide, measurable, others: [...others].map(([why, items]) => ({ why, items })), summary: summaryOf(readiness.items) }];
  });
}

const WORDS: readonly (readonly [ReadinessVerdict, string, string])[] = [
  ['fail', 'does not hold', 'do not hold'],
  ['warning', 'with a warning', 'with a warning'],
  ['undecided', 'undecided', 'undecided'],
  ['pass', 'holds', 'hold'],
  ['not-measured', 'not measured', 'not measured'],
  ['not-measurable', 'not measurable from outside', 'not measurable from outside'],
];

function summaryOf(items: readonly ReadinessItem[]): string {
  return WORDS.flatMap(([verdict, one, many]) => {
    const count = items.filter((each) => each.verdict === verdict).length;
    return count === 0 ? [] : [`${formatCount(count)} ${count === 1 ? one : many}`];
  }).join(', ');
}

/** The page of one system: for whoever signs a release. */
export interface ReadinessPage {
  view: ReadinessView;
  mark: Mark;
  sentence: string;
  /** Why a verdict of this run is not to be relied on; null where it is complete and valid. */
  doubt: string | null;
  facts: readonly (readonly [string, string])[];
  sections: { title: string; items: ReadinessItem[] }[];
}

export function readinessPages(record: RunRecord): ReadinessPage[] {
  const { run, verdict, environment } = record;
  const doubt = verdict.status === 'pass' || verdict.status === 'fail' ? null : `The run is ${runMark(record).word}: ${verdict.sentence}`;
  return readinessViews(record).map((view) => {
    const target = record.scenarios.find(({ name }) => name === view.scenario)?.target ?? null;
    const facts = [
      ['target', target ?? 'none'],
      ['measured', `${formatTime(run.startedAt)}, in ${formatMs(run.durationMs)}`],
      ['profile', `${run.profile}, ${plural(run.rounds, 'round')}`],
      ['run', run.id],
      ['commit', run.git === null ? 'not in a git repository' : `${run.git.commit.slice(0, 12)}${run.git.dirty ? ', with local changes' : ''}`],
      ['measured from', [environment.hard['cpu'], environment.soft['os']].filter((each) => each !== null && each !== undefined).join(', ')],
    ] as const;
    return { view, ...headlineOf(view), doubt, facts, sections: bySection(view.measurable) };
  });
}

/** What the whole page comes to. Nothing that was not measured is counted as holding. */
function headlineOf({ measurable, others }: ReadinessView): { mark: Mark; sentence: string } {
  const of = (...verdicts: ReadinessVerdict[]): ReadinessItem[] => measurable.filter(({ verdict }) => verdicts.includes(verdict));
  const [wrong, doubtful, open] = [of('fail'), of('warning', 'undecided'), of('not-measured')];
  const people = others.reduce((sum, { items }) => sum + items.length, 0);
  const rest = [
    ...(open.length === 0 ? [] : [`${formatCount(open.length)} not measured in this run`]),
    ...(people === 0 ? [] : [`${formatCount(people)} for people to confirm`]),
  ].join(', ');
  const behind = rest === '' ? '' : `; ${rest}`;
  if (wrong.length > 0) return { mark: { word: 'NOT READY', tone: 'bad' }, sentence: `${formatCount(wrong.length)} of ${plural(measurable.length, 'measurable item')} ${wrong.length === 1 ? 'does' : 'do'} not hold${behind}` };
  if (doubtful.length > 0) return { mark: { word: 'WITH RESERVATIONS', tone: 'warn' }, sentence: `nothing fails, and ${plural(doubtful.length, 'item')} ${doubtful.length === 1 ? 'has' : 'have'} a warning or could not be decided${behind}` };
  const held = of('pass').length;
  if (held === 0) return { mark: { word: 'NOT MEASURED', tone: 'muted' }, sentence: `nothing was measured${behind}` };
  if (open.length > 0) return { mark: { word: 'INCOMPLETE', tone: 'warn' }, sentence: `${plural(held, 'item')} ${held === 1 ? 'holds' : 'hold'}, none fails${behind}` };
  return { mark: { word: 'HOLDS', tone: 'good' }, sentence: `all that can be measured holds (${plural(held, 'item')})${behind}` };
}

function bySection(items: readonly ReadinessItem[]): ReadinessPage['sections'] {
  const sections = new Map<string, ReadinessItem[]>();
  for (const item of items) sections.set(item.section ?? '', [...(sections.get(item.section ?? '') ?? []), item]);
  return [...sections].map(([title, own]) => ({ title, items: own }));
}

export const NO_GUIDE = 'No scenario of this run has a readiness guide.';
export const hasGuide = (record: RunRecord): boolean => record.scenarios.some(({ readiness }) => readiness !== undefined);
