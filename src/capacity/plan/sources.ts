import { BenchError, EXIT } from '../../errors.ts';
import type { CapacityRecord } from '../../record/capacity.ts';
import type { ServerFigure } from '../../record/plan.ts';
import type { RunRecord, ScenarioRecord, WorkloadRecord } from '../../record/schema.ts';
import type { ScalingRecord } from '../../record/scaling.ts';
import { encodeFigures } from './encode-figures.ts';
import { jobFigure, searchFigure } from './job-figures.ts';

/** Stored records of one scenario on one machine. */
export interface PlanSources {
  searches: readonly CapacityRecord[];
  scalings: readonly ScalingRecord[];
  runs: readonly RunRecord[];
}

/** One workload of a stored run, with where it stands. */
export interface StoredWorkload {
  run: RunRecord;
  scenario: ScenarioRecord;
  workload: WorkloadRecord;
}

/** What a server makes, by the strongest evidence there is: a search over jobs, then jobs, then encodes. */
export interface Figures {
  /** The best on the CPU. */
  cpu: ServerFigure | null;
  gpu: ServerFigure | null;
  bytesPerVideo: number | null;
  /** The workload that spoke. */
  workload: StoredWorkload | null;
}

/** Throws a BenchError (2) where the records are of different machines or of different content. */
export function oneMachine({ searches, scalings, runs }: PlanSources, scenario: string): void {
  const all = [
    ...searches.map(({ run, environment, scenario: of }) => ({ id: run.id, hash: environment.hash, sha256: of.sha256 })),
    ...scalings.map(({ run, environment, scenario: of }) => ({ id: run.id, hash: environment.hash, sha256: of.sha256 })),
    ...runs.map(({ run, environment, scenarios }) => ({ id: run.id, hash: environment.hash, sha256: scenarios.find(({ name }) => name === scenario)?.sha256 ?? '' })),
  ];
  const [first] = all;
  const elsewhere = all.find(({ hash }) => hash !== first?.hash);
  if (first !== undefined && elsewhere !== undefined) {
    throw new BenchError(EXIT.usage, `runs of different machines cannot be planned with together: ${first.id} (machine ${first.hash.slice(0, 12)}) and ${elsewhere.id} (machine ${elsewhere.hash.slice(0, 12)})`, { hint: 'Name runs of one machine with --from; a run of a machine with a GPU goes to --gpu.' });
  }
  const other = all.find(({ sha256 }) => sha256 !== first?.sha256);
  if (first !== undefined && other !== undefined) throw new BenchError(EXIT.usage, `${first.id} and ${other.id} measured different things: another profile, or the scenario has changed between them`, { hint: 'Name runs of one profile with --from.' });
}

/** The figures of these records, for a workload by name or for the one that says most. Throws a BenchError (2) where its SLA has no limit. */
export function figuresFrom({ searches, runs }: PlanSources, scenarioName: string, workloadName: string | null): Figures {
  const wanted = (name: string): boolean => workloadName === null || name === workloadName;
  const workloads = runs.flatMap((run): StoredWorkload[] => run.scenarios.filter(({ name }) => name === scenarioName).flatMap((scenario) => scenario.workloads.filter(({ name }) => wanted(name)).map((workload) => ({ run, scenario, workload }))));
  const search = searches.find((each) => each.workloadKind === 'job' && wanted(each.workload));
  const job = workloads.find(({ workload }) => workload.kind === 'job' && (search === undefined || workload.name === search.workload)) ?? null;
  const batch = workloads.find(({ workload }) => workload.kind === 'encode' && workload.metrics.some(({ id }) => id === 'batch.videosPerHour')) ?? null;
  const encodes = batch === null ? { cpu: null, gpu: null, bytesPerVideo: null } : encodeFigures(batch);
  if (search !== undefined) return { cpu: searchFigure(search, job), gpu: encodes.gpu, bytesPerVideo: (job === null ? null : jobBytes(job)) ?? encodes.bytesPerVideo, workload: job };
  if (job !== null) return { cpu: jobFigure(limited(job)), gpu: encodes.gpu, bytesPerVideo: jobBytes(job) ?? encodes.bytesPerVideo, workload: job };
  return { ...encodes, workload: batch === null ? null : limited(batch) };
}

/** A capacity is what is made within limits: without one there is none, and one that was broken holds nothing. */
function limited(stored: StoredWorkload): StoredWorkload {
  const { run, workload } = stored;
  if (workload.sla.length === 0) throw new BenchError(EXIT.usage, `${workload.name} of run ${run.run.id} has no limit in its SLA: how much a server makes within it cannot be said`, { hint: workload.kind === 'job' ? 'Add one, for example sla: { completion: { p95: 120s }, successRate: 95% }, and run again.' : 'Add one, for example sla: { wall: 7m }, and run again.' });
  const broken = workload.sla.filter(({ verdict }) => verdict === 'breach');
  if (broken[0] !== undefined) throw new BenchError(EXIT.usage, `${workload.name} of run ${run.run.id} broke its SLA: ${broken[0].sentence}`, { hint: 'What it made then is no capacity. Find the load at which the SLA holds (bench capacity), or lower the concurrency, and run again.' });
  return stored;
}

function jobBytes({ workload }: StoredWorkload): number | null {
  const sizes = workload.series.kind === 'job' ? workload.series.jobs.flatMap(({ bytes, outcome }) => (outcome === 'done' && bytes !== null ? [bytes] : [])) : [];
  return sizes.sort((a, b) => a - b)[Math.floor(sizes.length / 2)] ?? null;
}
