import { BenchError, EXIT } from '../../errors.ts';
import type { Finding } from '../../record/schema.ts';
import { coverage } from '../merge/coverage.ts';
import type { Merged } from '../merge/merge.ts';
import { partName, type K6Part, type K6Plan } from '../plan.ts';
import { partMs } from '../executor.ts';
import type { PrometheusClient, SeriesLabels } from './client.ts';
import { ENDED, NAMES, type HistogramName } from './names.ts';
import { PartCounts, RESOLUTION } from './part-counts.ts';

/** How far back a test is looked for. */
export interface ReadOptions {
  sinceMs: number;
  nowMs: number;
}

/** k6 writes every 5 s; and once more when it ends. */
const LATE_MS = 15_000;
/** Below the 5 minutes that Prometheus looks back: between two steps no series is overlooked. */
const STEP_MS = 120_000;
/** Whose histograms are asked for at once: what is in memory does not grow with their number. */
const PODS_AT_ONCE = 20;

/**
 * The test of a plan as Prometheus has it: native histograms of all pods, added up before a percentile is taken. Throws a BenchError
 * (2) where there is nothing of this plan, or two tests of it; (5) where the server does not answer.
 */
export async function readFromPrometheus(plan: K6Plan, client: PrometheusClient, options: ReadOptions): Promise<Merged> {
  const starts = await startsOf(plan, client, options);
  const problems: Finding[] = [RESOLUTION, ...coverage(segmentsOf(starts), plan.segments)];
  let points = 0;
  const parts: Merged['parts'] = [];
  for (const part of plan.parts) {
    const own = starts.filter(({ part: name }) => name === partName(part));
    const counts = new PartCounts(part, plan.segments, own);
    if (own.length > 0) points += await readPart(part, plan, client, own, counts, problems);
    parts.push({ part, result: counts.result(problems) });
  }
  return { parts, points, bytes: 0 };
}

/** A part in one pod, by the pod's own clock. */
export interface PartStart {
  part: string;
  /** `instance_id` of the k6 operator; a pod without one is told by its segment. */
  pod: string;
  segment: string;
  startMs: number;
}

export const podOf = (labels: SeriesLabels): string => labels['instance_id'] ?? '';

async function startsOf(plan: K6Plan, client: PrometheusClient, { sinceMs, nowMs }: ReadOptions): Promise<PartStart[]> {
  const range = `${NAMES.start}${selector({ plan: plan.id })}[${Math.ceil(sinceMs / 1_000)}s]`;
  const [first, last] = await Promise.all([client.instant(`min_over_time(${range})`, nowMs), client.instant(`max_over_time(${range})`, nowMs)]);
  if (last.length === 0) throw new BenchError(EXIT.usage, `Prometheus has nothing of plan ${plan.id} in the last ${Math.round(sinceMs / 3_600_000)} h`, { hint: 'Was the test exported with --prometheus, and has it begun? Older ones are found with --since 7d.' });
  const firsts = new Map(first.map(({ labels, value }) => [keyOf(labels), value]));
  const twice = last.find(({ labels, value }) => firsts.get(keyOf(labels)) !== value);
  if (twice !== undefined) throw new BenchError(EXIT.usage, `Prometheus has two tests of plan ${plan.id}: pod ${podOf(twice.labels)} began twice`, { hint: 'Export the scenario anew for every test, or look back a shorter time: --since 1h.' });
  return last.map(({ labels, value }) => ({ part: `${labels['workload']}_${labels['round']}`, pod: podOf(labels), segment: labels['segment'] ?? '0:1', startMs: value }));
}

function segmentsOf(starts: readonly PartStart[]): { file: string; segment: string }[] {
  return [...new Map(starts.map(({ pod, segment }) => [`${pod} ${segment}`, { file: `pod ${pod}`, segment }])).values()];
}

async function readPart(part: K6Part, plan: K6Plan, client: PrometheusClient, starts: readonly PartStart[], counts: PartCounts, problems: Finding[]): Promise<number> {
  const { workload, round } = part;
  const fromMs = Math.min(...starts.map(({ startMs }) => startMs));
  const toMs = Math.max(...starts.map(({ startMs }) => startMs)) + partMs(part) + LATE_MS;
  const own = { plan: plan.id, workload, round: String(round) };
  let samples = 0;
  for (const name of Object.keys(NAMES.histograms) as HistogramName[]) {
    const metric = NAMES.histograms[name];
    for (const pods of batches(starts.map(({ pod }) => pod))) {
      const query = `${metric}${selector(own, 'phase!="warm-up"', `instance_id=~${JSON.stringify(pods.map(literally).join('|'))}`)}`;
      // One step beyond the end: the last state of a series is seen there at the latest.
      const found = await client.lastHistograms(query, fromMs, toMs + STEP_MS, STEP_MS);
      const seen = new Set(found.map(({ labels }) => keyOf(labels)));
      const missing = (await client.series(query, fromMs, toMs)).filter((labels) => !seen.has(keyOf(labels)));
      if (missing.length > 0) problems.push(overlooked(metric, missing));
      for (const each of found) {
        counts.add(name, each.labels, each);
        samples += each.count;
      }
    }
  }
  const span = `[${Math.ceil((toMs - fromMs) / 1_000)}s]`;
  for (const { labels, value } of await client.instant(`max_over_time(${NAMES.dropped}${selector(own)}${span})`, toMs)) counts.drop(podOf(labels), value);
  for (const { labels, value } of await client.instant(`max by (instance_id) (max_over_time(timestamp(${NAMES.histograms.latency}${selector(own)})${span.replace(']', `:${ENDED.stepS}s]`)}))`, toMs)) counts.ended(podOf(labels), value * 1_000);
  return samples;
}

/** A native histogram that the server has and does not give: written as something else, or not looked back for. */
function overlooked(metric: string, missing: readonly SeriesLabels[]): Finding {
  return {
    severity: 'invalid',
    code: 'k6-series-overlooked',
    message: `Prometheus has ${missing.length} series of ${metric} that it does not give as native histograms.`,
    remedy: 'Enable native histograms on the server (--enable-feature=native-histograms before 3.0), and let it look back for 5 minutes (--query.lookback-delta).',
  };
}

function selector(labels: Readonly<Record<string, string>>, ...more: readonly string[]): string {
  return `{${[...Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`), ...more].join(',')}}`;
}

/** One text for one series of a metric; functions of PromQL take its name away. */
function keyOf({ __name__: _, ...labels }: SeriesLabels): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function batches(pods: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(pods.length / PODS_AT_ONCE) }, (_, index) => pods.slice(index * PODS_AT_ONCE, (index + 1) * PODS_AT_ONCE));
}

const literally = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
