import { fileURLToPath } from 'node:url';
import type { ComparisonResult, RunRecord, WorkloadRecord } from '../../../src/record/schema.ts';
import type { Asked } from './nights.ts';

const COSTLY = fileURLToPath(new URL('../../support/fixtures/costly-ffmpeg.js', import.meta.url));
const JOBS = fileURLToPath(new URL('jobs.yaml', import.meta.url));

/** Something made slower on purpose, by a known amount. */
export interface Injection {
  name: string;
  what: string;
  /** Runs of which series it is compared with. */
  series: 'default' | 'jobs';
  args: readonly string[];
  env: Record<string, string>;
  /** The metrics that must show it, and by how much each was made worse, as a share of its baseline. */
  hits: readonly { workload: string; metric: string }[];
  share: (baseline: number) => number;
}

/** What a series of nights runs: the default scenarios, and encodes inside the embedded service. */
export const SERIES: Readonly<Record<Injection['series'], (profile: string) => Asked>> = {
  default: (profile) => ({ args: ['video-generation', '--profile', profile], env: {} }),
  jobs: (profile) => ({ args: [JOBS, '--profile', profile], env: {} }),
};

const CLIP_SECONDS = 30;
const DEARER = 0.15;
const LATENCY_MS = 10;

/** @param ffmpeg the one that the nights encoded with */
export const injections = ({ ffmpeg, ffprobe }: { ffmpeg: string; ffprobe: string }): Injection[] => [
  {
    name: 'latency',
    what: `+${LATENCY_MS} ms on every answer of the service`,
    series: 'default',
    args: ['--filter', 'video'],
    env: { READYBENCH_FAULTS: `latency=${LATENCY_MS}ms` },
    hits: ['submit-video', 'video-status'].map((workload) => ({ workload, metric: 'latency.p50' })),
    share: (baselineMs) => LATENCY_MS / baselineMs,
  },
  {
    name: 'service-encodes',
    what: `encodes of the service cost ${DEARER * 100} % more`,
    series: 'jobs',
    args: [],
    env: { READYBENCH_FAULTS: `encode-cost=${1 + DEARER}` },
    hits: [{ workload: 'service-encodes', metric: 'processing.p50' }],
    share: () => DEARER,
  },
  {
    name: 'encodes',
    what: `an ffmpeg that encodes ${DEARER * 100} % of the clip twice`,
    series: 'default',
    args: ['--filter', 'encode-30s'],
    env: { FFMPEG_PATH: COSTLY, REAL_FFMPEG: ffmpeg, FFPROBE_PATH: ffprobe, EXTRA_SECONDS: String(CLIP_SECONDS * DEARER) },
    hits: [{ workload: 'encode-30s', metric: 'encode.cpu{encoder=libx264}' }, { workload: 'encode-30s', metric: 'encode.wall{encoder=libx264}' }],
    share: () => DEARER,
  },
];

/**
 * What a run made of something known to be slower. `caught`: a regression. `withheld`: the run is invalid, so it says nothing of
 * the service, and does not pass. `declared`: not called one, and said that a change of this size would not be seen, which is true.
 * `missed`: anything else.
 */
export type Outcome = 'caught' | 'withheld' | 'declared' | 'missed';

export interface Hit {
  workload: string;
  metric: string;
  outcome: Outcome;
  sessions: number;
  injected: number | null;
  change: number | null;
  smallestDetectable: number | null;
}

/** Every metric that was hit, with what the run made of it. Pure. */
export function hitsOf({ hits, share }: Pick<Injection, 'hits' | 'share'>, record: RunRecord): Hit[] {
  const workloads = record.scenarios.flatMap((scenario) => scenario.workloads);
  return hits.map(({ workload, metric }) => {
    const own = workloads.find(({ name }) => name === workload);
    const result = own?.comparison.find((each) => each.metric === metric);
    const injected = result?.baseline === null || result?.baseline === undefined ? null : share(result.baseline);
    return { workload, metric, outcome: outcomeOf(own, result, injected), sessions: result?.sessions ?? 0, injected, change: result?.change ?? null, smallestDetectable: result?.smallestDetectable ?? null };
  });
}

function outcomeOf(workload: WorkloadRecord | undefined, result: ComparisonResult | undefined, injected: number | null): Outcome {
  if (result?.verdict === 'regression') return 'caught';
  if (workload?.validity.status === 'invalid') return 'withheld';
  const unseen = result?.smallestDetectable ?? null;
  return result?.verdict === 'inconclusive' && unseen !== null && injected !== null && injected <= unseen ? 'declared' : 'missed';
}

/** How often an injection that was withheld is made again: a run that says nothing is neither caught nor declared. */
export const MOST_AGAIN = 2;

export const isWithheld = (hits: readonly Pick<Hit, 'outcome'>[]): boolean => hits.some(({ outcome }) => outcome === 'withheld');

/** What several runs of one injection came to, metric by metric: the first outcome that is one, and the run (from 0) that gave it. Pure. */
export function settled(runs: readonly (readonly Hit[])[]): (Hit & { run: number })[] {
  return (runs[0] ?? []).map((first, index) => {
    const all = runs.map((hits) => hits[index] ?? first);
    const at = all.findIndex(({ outcome }) => outcome !== 'withheld');
    const run = at < 0 ? all.length - 1 : at;
    return { ...(all[run] ?? first), run };
  });
}

/** What must be reached, and whether it was. */
export interface Bound {
  what: string;
  found: string;
  held: boolean;
}

/** The bounds of the issue on real runs: no regression where nothing changed, and everything injected caught, or truly declared unseen. Pure. */
export function boundsOf(quiet: readonly { regressions: readonly string[]; compared: number }[], outcomes: readonly Outcome[]): Bound[] {
  const compared = quiet.filter((each) => each.compared > 0);
  const regressed = compared.filter(({ regressions }) => regressions.length > 0).length;
  const decided = outcomes.filter((outcome) => outcome === 'caught' || outcome === 'declared').length;
  return [
    { what: 'no regression where nothing changed', found: `${regressed} of ${compared.length} runs with one`, held: compared.length > 0 && regressed === 0 },
    { what: 'every injection caught or truly declared unseen', found: `${decided} of ${outcomes.length}`, held: outcomes.length > 0 && decided === outcomes.length },
  ];
}

/** Counts over the compared metrics of a run in which nothing changed. Pure. */
export function tallyOf(record: RunRecord): { regressions: string[]; compared: number; same: number; inconclusive: number; fresh: number; invalid: string[]; disturbed: string[] } {
  const workloads = record.scenarios.flatMap((scenario) => scenario.workloads);
  const results = workloads.flatMap(({ name, comparison }) => comparison.map((each) => ({ name, ...each })));
  const count = (verdict: ComparisonResult['verdict']): number => results.filter((each) => each.verdict === verdict).length;
  const gated = results.filter(({ verdict }) => ['regression', 'improved', 'same', 'inconclusive'].includes(verdict));
  return {
    regressions: results.filter(({ verdict }) => verdict === 'regression').map(({ name, metric }) => `${name}/${metric}`),
    compared: gated.length,
    same: count('same'),
    inconclusive: count('inconclusive'),
    fresh: workloads.filter(({ confirmation }) => confirmation !== undefined).length,
    invalid: workloads.filter(({ validity }) => validity.status === 'invalid').map(({ name, validity }) => `${name}: ${validity.findings.filter(({ severity }) => severity === 'invalid').map(({ code }) => code).join(', ')}`),
    disturbed: (record.control?.findings ?? []).map(({ code }) => code),
  };
}
