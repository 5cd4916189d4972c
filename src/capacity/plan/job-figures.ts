import { BenchError, EXIT } from '../../errors.ts';
import type { PlannedVideo, ServerFigure } from '../../record/plan.ts';
import { brokenError, evidenceOf, openCautions, requireLimits, strictest } from './evidence.ts';
import type { StoredWorkload } from './sources.ts';

/** What jobs came to at the concurrency (or at the rate) they were run at: the lowest of the rounds is planned with. Throws a BenchError (2) where that is no capacity. */
export function jobFigure(stored: StoredWorkload, video: PlannedVideo): ServerFigure {
  const { run, workload } = stored;
  requireLimits(stored);
  const evidence = evidenceOf(stored, {});
  if (evidence.broken[0] !== undefined) throw brokenError(stored, evidence.broken[0].sentence);
  const made = workload.metrics.find(({ id }) => id === 'batch.videosPerHour');
  const rounds = made?.rounds.filter((value) => value !== null) ?? [];
  if (made === undefined || rounds.length === 0) throw new BenchError(EXIT.usage, `${workload.name} of run ${run.run.id} finished no job`, { hint: 'Look at what became of them: bench report shows each job.' });
  const limit = strictest(evidence.limits, 'completion.');
  return {
    on: 'cpu', subject: workload.name, workload: workload.name, video, perSecond: Math.min(...rounds) / 3_600, measuredPerSecond: made.value / 3_600, basis: 'jobs', runId: run.run.id, machine: run.environment.hash,
    concurrency: workload.detail.kind === 'job' ? workload.detail.concurrency : null,
    processingMs: processingOf(stored, limit?.metric ?? null),
    limit,
    cpuBusy: null,
    cautions: [...openCautions(evidence, stored), ...(isAtRate(stored) ? [`${workload.name} came at a rate that a server kept: it makes at least that, and how much more was not searched for.`] : [])],
  };
}

/** Jobs that come at a rate say what a server bears, not what it makes at most. */
export const isAtRate = ({ workload: { detail } }: StoredWorkload): boolean => detail.kind === 'job' && detail.ratePerSecond !== null;

/** Of the percentile that the limit is on; by the service's own clock where it says, else from submit to done. */
export function processingOf({ workload }: StoredWorkload, limited: string | null): number | null {
  const percentile = /\.(p\d+)/.exec(limited ?? '')?.[1] ?? 'p50';
  return (workload.metrics.find(({ id }) => id === `processing.${percentile}`) ?? workload.metrics.find(({ id }) => id === `completion.${percentile}`))?.value ?? null;
}

/** Median size of the results that were fetched. */
export function jobBytes({ workload }: StoredWorkload): number | null {
  const sizes = workload.series.kind === 'job' ? workload.series.jobs.flatMap(({ bytes, outcome }) => (outcome === 'done' && bytes !== null ? [bytes] : [])) : [];
  return sizes.sort((a, b) => a - b)[Math.floor(sizes.length / 2)] ?? null;
}
