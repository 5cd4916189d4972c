import { median } from 'simple-statistics';
import type { CapacityRecord } from '../../record/capacity.ts';
import type { ServerFigure } from '../../record/plan.ts';
import { highestKept } from '../figures.ts';
import type { StoredWorkload } from './sources.ts';

/** What a search found: its low end. Null where it found nothing that is kept. */
export function searchFigure(search: CapacityRecord, job: StoredWorkload | null): ServerFigure | null {
  const { outcome, estimate, run, environment, workload, levels, verification } = search;
  const held = verification?.kept === true ? verification.ratePerSecond : null;
  const kept = outcome === null ? null : outcome.type === 'found' ? outcome.keptPerSecond : outcome.type === 'kept-at-highest' ? outcome.ratePerSecond : outcome.type === 'generator-limited' ? outcome.keptPerSecond : null;
  const perSecond = estimate?.low ?? held ?? kept;
  if (perSecond === null || perSecond <= 0) return null;
  const figures = levels.flatMap(({ trials }) => trials.flatMap((trial) => trial.figures));
  const busy = highestKept(levels)?.trials.flatMap(({ machineBusy }) => machineBusy ?? []) ?? [];
  return {
    on: 'cpu', subject: workload, perSecond, measuredPerSecond: estimate?.ratePerSecond ?? kept ?? perSecond, basis: 'search', runId: run.id, machine: environment.hash, concurrency: null,
    processingMs: job === null ? null : processingOf(job),
    limitMs: figures.filter(({ metric }) => metric.startsWith('completion.')).map(({ limit }) => limit).sort((a, b) => a - b)[0] ?? null,
    cpuBusy: busy.length === 0 ? null : median(busy),
  };
}

/** What jobs came to at the concurrency they were run at: the lowest of the rounds is planned with. */
export function jobFigure(stored: StoredWorkload): ServerFigure | null {
  const { run, workload } = stored;
  const made = workload.metrics.find(({ id }) => id === 'batch.videosPerHour');
  const rounds = made?.rounds.filter((value) => value !== null) ?? [];
  if (made === undefined || rounds.length === 0) return null;
  return {
    on: 'cpu', subject: workload.name, perSecond: Math.min(...rounds) / 3_600, measuredPerSecond: made.value / 3_600, basis: 'jobs', runId: run.run.id, machine: run.environment.hash,
    concurrency: workload.detail.kind === 'job' ? workload.detail.concurrency : null,
    processingMs: processingOf(stored),
    limitMs: workload.sla.filter(({ metric }) => metric.startsWith('completion.')).map(({ limit }) => limit).sort((a, b) => a - b)[0] ?? null,
    cpuBusy: null,
  };
}

/** By the service's own clock where it says, else from submit to done. */
function processingOf({ workload }: StoredWorkload): number | null {
  return (workload.metrics.find(({ id }) => id === 'processing.p50') ?? workload.metrics.find(({ id }) => id === 'completion.p50'))?.value ?? null;
}
