import { BenchError, EXIT } from '../../errors.ts';
import { parseMetricKey } from '../../record/metrics.ts';
import type { ServerFigure } from '../../record/plan.ts';
import type { Labels, SlaResult } from '../../record/schema.ts';
import { formatNumber } from '../../units.ts';
import type { StoredWorkload } from './sources.ts';

/** What the SLA says of one case of a workload: critical limits alone, for a capacity is what fails the run beyond it. */
export interface Evidence {
  limits: SlaResult[];
  broken: SlaResult[];
  /** Neither kept nor broken: too few samples, an interval across the limit, nothing measured. */
  open: SlaResult[];
}

/** The limits that speak of a case: those that name no other encoder, concurrency or thread policy. */
export function evidenceOf({ workload }: StoredWorkload, labels: Labels): Evidence {
  const limits = workload.sla.filter(({ severity, metric }) => severity === 'critical' && Object.entries(parseMetricKey(metric).labels).every(([key, value]) => labels[key] === undefined || labels[key] === value));
  return { limits, broken: limits.filter(({ verdict }) => verdict === 'breach'), open: limits.filter(({ verdict }) => verdict !== 'breach' && verdict !== 'pass') };
}

const OPEN: Partial<Record<SlaResult['verdict'], string>> = { undecided: 'undecided', 'too-few-samples': 'too few samples', 'not-measured': 'not measured' };

/** What was not shown to be within the SLA, in a sentence; none where everything was. */
export function openCautions({ open }: Evidence, { run, workload }: StoredWorkload): string[] {
  if (open.length === 0) return [];
  return [`Not shown to be within the SLA of ${workload.name} (run ${run.run.id}): ${open.map(({ metric, verdict }) => `${metric} (${OPEN[verdict] ?? verdict})`).join(', ')}. More rounds would tell.`];
}

/** Throws a BenchError (2) where there is no capacity in this workload: without a critical limit nothing bounds it, and figures that are invalid hold nothing. */
export function requireLimits(stored: StoredWorkload): void {
  const { run, workload } = stored;
  const invalid = workload.validity.findings.find(({ severity }) => severity === 'invalid');
  if (workload.validity.status === 'invalid') throw new BenchError(EXIT.usage, `${workload.name} of run ${run.run.id} is invalid: ${invalid?.message ?? 'its figures say nothing'}`, { hint: invalid?.remedy ?? 'Run again.' });
  if (workload.sla.some(({ severity }) => severity === 'critical')) return;
  throw new BenchError(EXIT.usage, `${workload.name} of run ${run.run.id} has no limit in its SLA: how much a server makes within it cannot be said`, {
    hint: workload.kind === 'job' ? 'Add one, for example sla: { completion: { p95: 120s }, successRate: 95% }, and run again.' : 'Add one, for example sla: { wall: 7m }, and run again.',
  });
}

export function brokenError({ run, workload }: StoredWorkload, sentence: string): BenchError {
  return new BenchError(EXIT.usage, `${workload.name} of run ${run.run.id} broke its SLA: ${sentence}`, { hint: 'What it made then is no capacity. Find the load at which the SLA holds (bench capacity), or lower the concurrency, and run again; --workload plans with another workload.' });
}

/** The same figure. Throws a BenchError (2) where it is none that videos can be divided by: 0, or less, which nothing measures. */
export function requireMade(server: ServerFigure): ServerFigure {
  const wrong = [server.perSecond, server.measuredPerSecond].find((value) => !(value > 0 && Number.isFinite(value)));
  if (wrong === undefined) return server;
  const record = `${server.basis === 'search' ? 'search' : 'run'} ${server.runId}`;
  throw new BenchError(EXIT.usage, `${server.workload} of the ${record} says that a server makes ${formatNumber(3_600 * wrong)} videos an hour: nothing can be planned with that`, { hint: 'Look at what became of its rounds, and measure again; --from or --workload plans with another figure.' });
}

/** The limit on the highest percentile among these: what nearly every video must keep, not the middle one. */
export function strictest(limits: readonly { metric: string; limit: number }[], id: string): { metric: string; ms: number } | null {
  const percentile = (metric: string): number => Number(/\.p(\d+)/.exec(metric)?.[1] ?? 0);
  const [first] = limits.filter(({ metric }) => metric.startsWith(id)).sort((a, b) => percentile(b.metric) - percentile(a.metric) || a.limit - b.limit);
  return first === undefined ? null : { metric: parseMetricKey(first.metric).id, ms: first.limit };
}
