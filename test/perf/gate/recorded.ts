import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readBaselines, type MachineBaseline } from '../../../src/compare/baseline-files.ts';
import { referenceFor } from '../../../src/compare/reference.ts';
import { roundsOf, type Figure } from '../../../src/compare/figure.ts';
import { compareMeasured } from '../../../src/pipeline/comparison.ts';
import { runRecord, type ComparisonResult, type RunRecord, type ScenarioRecord } from '../../../src/record/schema.ts';
import { table } from '../performance-doc.ts';
import { type Bounds } from './bounds.ts';
import { injections, type Injection } from './injections.ts';
import { RIVALS } from './rivals.ts';

/** One kept run: what it measured, what was stored when it ran, and what was made slower, if anything was. */
interface Kept {
  name: string;
  record: RunRecord;
  stored: ReadonlyMap<string, readonly MachineBaseline[]>;
  injection: Injection | null;
}

interface Judged {
  name: string;
  /** `workload/metric` of everything a rule calls slower, by rule. */
  named: ReadonlyMap<string, readonly string[]>;
  compared: number;
  invalid: boolean;
  injection: Injection | null;
}

const OURS = 'readybench';

/** The runs that `perf:gate-real` kept, through our rule as it is now and through those of other tools. A sentence where there are none. */
export async function recorded(keep: string | undefined, bounds: Bounds): Promise<string> {
  const kept = keep === undefined || !existsSync(keep) ? [] : await readKept(keep);
  if (kept.length === 0) return 'No runs are kept here: `KEEP=<folder of perf:gate-real> npm run perf:gate` shows them through the same rules.';
  const all = kept.map(judge).filter(({ compared, invalid }) => compared > 0 || invalid);
  const quiet = all.filter(({ injection }) => injection === null);
  const slower = all.flatMap((run) => (run.injection?.hits ?? []).map(({ workload, metric }) => ({ run, hit: `${workload}/${metric}` })));
  const falsely = (rule: string): number => quiet.filter(({ named }) => (named.get(rule) ?? []).length > 0).length;
  const rows = [OURS, ...Object.keys(RIVALS)].map((rule) => [
    rule,
    RIVALS[rule]?.rule ?? 'the whole decision, as it is now, with the fresh rounds that were measured',
    `${falsely(rule)} of ${quiet.length}`,
    String(quiet.reduce((sum, { named }) => sum + (named.get(rule) ?? []).length, 0)),
    `${slower.filter(({ run, hit }) => (run.named.get(rule) ?? []).includes(hit)).length} of ${slower.length}`,
  ]);
  return `The runs that \`npm run perf:gate-real\` recorded on a real machine (below), through the same rules: ${quiet.length} in which nothing changed, and ${slower.length} figures of runs made slower
on purpose. Each tool sees the figures that ours gates, of two or three rounds, the stored ones and the new ones; shares of failures are left out. Nothing
may be called slower where nothing changed (bound: 0 runs of ours, ${bounds.check(falsely(OURS) === 0)}).

${table(['rule', 'fails when', 'runs that fail falsely', 'metrics named falsely', 'slow-downs named'], rows)}`;
}

async function readKept(keep: string): Promise<Kept[]> {
  const known = injections({ ffmpeg: '', ffprobe: '' });
  const names = readdirSync(keep).filter((name) => existsSync(join(keep, name, 'night.json'))).sort();
  const kept: Kept[] = [];
  for (const name of names) {
    const record = runRecord.parse(JSON.parse(readFileSync(join(keep, name, 'run', 'result.json'), 'utf8')));
    const stored = new Map<string, readonly MachineBaseline[]>();
    // A run's own session is never compared with, and none of a later run lies there.
    for (const { name: scenario } of record.scenarios) stored.set(scenario, await readBaselines(join(keep, name, 'baselines'), scenario));
    kept.push({ name, record, stored, injection: known.find((each) => name.startsWith(`${each.name}-after-`)) ?? null });
  }
  return kept;
}

function judge({ name, record, stored, injection }: Kept): Judged {
  const { run, environment, control } = record;
  const measurer = { runId: run.id, environment, tools: run.tools, startedAt: new Date(run.startedAt), control: control ?? null };
  const { scenarios } = compareMeasured({ kind: 'history', stored, calibrations: new Map() }, record.scenarios, [], measurer);
  const named = new Map<string, string[]>([[OURS, []], ...Object.keys(RIVALS).map((rule): [string, string[]] => [rule, []])]);
  let compared = 0;
  for (const scenario of scenarios) {
    for (const { full, result, stored: before, now } of gatedOf(scenario, record, stored.get(scenario.name) ?? [])) {
      compared += 1;
      if (result.verdict === 'regression') named.get(OURS)?.push(full);
      for (const [rule, { fails }] of Object.entries(RIVALS)) if (fails({ stored: before, now })) named.get(rule)?.push(full);
    }
  }
  return { name, named, compared, invalid: scenarios.some(({ workloads }) => workloads.some(({ validity }) => validity.status === 'invalid')), injection };
}

/** The figures that are gated, as costs, with those of the sessions before. */
function gatedOf(scenario: ScenarioRecord, { run, environment }: RunRecord, baselines: readonly MachineBaseline[]): { full: string; result: ComparisonResult; stored: number[][]; now: number[] }[] {
  return scenario.workloads.flatMap((workload) => workload.comparison.flatMap((result, at) => {
    const metric = workload.metrics[at];
    if (metric === undefined || metric.unit === 'share' || !['regression', 'improved', 'same', 'inconclusive'].includes(result.verdict)) return [];
    const reference = referenceFor(workload.name, metric, { runId: run.id, environment, scenario }, baselines);
    const costs = (figure: Pick<Figure, 'rounds'>): number[] => roundsOf(figure).map((value) => (metric.better === 'higher' ? 1 / value : value));
    return reference.kind === 'none' ? [] : [{ full: `${workload.name}/${result.metric}`, result, stored: reference.figures.map(costs), now: costs(metric) }];
  }));
}
