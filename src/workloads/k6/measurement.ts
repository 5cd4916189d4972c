import { median } from 'simple-statistics';
import type { ScriptFacts } from '../../k6/script/inspect.ts';
import type { ScriptResult } from '../../k6/script/run.ts';
import type { Lane } from '../../k6/script/tally.ts';
import { Histogram } from '../../load/histogram.ts';
import { msAt } from '../../load/merge.ts';
import { metric } from '../../record/metrics.ts';
import type { ErrorGroup, Finding, HistogramRecord, HttpSeries, K6Detail, Labels, Metric, RequestCounts } from '../../record/schema.ts';
import type { Measurement } from '../contract.ts';
import { metricIds } from './metric-ids.ts';
import { nameOf, type K6Workload } from './schema.ts';

export interface Round {
  round: number;
  result: ScriptResult;
}

const PERCENTILES = [['p50', 0.5], ['p90', 0.9], ['p95', 0.95], ['p99', 0.99]] as const;

/** The script as the record names it. */
export interface ScriptIdentity {
  sha256: string;
  facts: ScriptFacts;
}

/**
 * The rounds so far as metrics, findings and series. Percentiles and shares are of all rounds' samples together, rates the
 * median of the rounds; what the script did not measure is left out, and a limit on it is not kept.
 */
export function measurementOf(rounds: readonly Round[], workload: K6Workload, { sha256, facts }: ScriptIdentity): Measurement {
  const roundCount = Math.max(-1, ...rounds.map(({ round }) => round)) + 1;
  const findings: Finding[] = [...rounds.flatMap(({ round, result }) => result.findings.map((finding) => ({ ...finding, round }))), ...(rounds.length === 0 ? [] : thresholdFindings(facts, workload))];
  const lanes = lanesOf(rounds);
  findings.push(...silentFindings(rounds, lanes, workload));
  return {
    validity: { status: findings.some(({ severity }) => severity === 'invalid') ? 'invalid' : findings.length > 0 ? 'suspect' : 'valid', findings },
    metrics: lanes.flatMap((each) => metricsOf(each, roundCount)),
    notMeasured: [...new Set(rounds.flatMap(({ result }) => result.unread))].map((name) => ({ what: name, cause: 'not-a-time', reason: `${name} is a gauge, or a trend of something that is not time.`, remedy: 'Use new Trend(name, true), a Rate or a Counter in the script.' })),
    histograms: lanes.flatMap(histogramsOf),
    series: { kind: 'http', rounds: rounds.map(({ round, result }) => ({ round, windows: result.windows })), spectrum: lanes.flatMap(spectrumOf) },
    detail: detailOf(rounds, workload, sha256, facts),
  };
}

/** One metric in every round that has it. */
interface RoundsOfLane {
  key: string;
  labels: Labels;
  rounds: { round: number; lane: Lane; measuredMs: number }[];
}

function lanesOf(rounds: readonly Round[]): RoundsOfLane[] {
  const keys = [...new Set(rounds.flatMap(({ result }) => result.lanes.map(({ key }) => key)))].sort();
  return keys.map((key) => {
    const own = rounds.flatMap(({ round, result }) => {
      const lane = result.lanes.find((each) => each.key === key);
      return lane === undefined ? [] : [{ round, lane, measuredMs: result.measuredMs }];
    });
    return { key, labels: own[0]?.lane.labels ?? {}, rounds: own };
  });
}

function metricsOf({ key, rounds }: RoundsOfLane, roundCount: number): Metric[] {
  const ids = metricIds(key);
  const labels = { metric: key };
  const perRound = (of: (lane: Lane, measuredMs: number) => number | null): (number | null)[] => {
    const values = Array.from<number | null>({ length: roundCount }).fill(null);
    for (const { round, lane, measuredMs } of rounds) values[round] = of(lane, measuredMs);
    return values;
  };
  const [first] = rounds;
  switch (first?.lane.type) {
    case undefined:
      return [];
    case 'trend': {
      const all = samplesOf(rounds);
      return PERCENTILES.flatMap(([label, q]) => {
        const value = msAt(all, q);
        return value === null ? [] : [metric(`${ids.trend}.${label}`, labels, value, perRound((lane) => (lane.type === 'trend' ? msAt(Histogram.fromData(lane.samples), q) : null)), all.count)];
      });
    }
    case 'rate': {
      const [trues, n] = rounds.reduce(([a, b], { lane }) => (lane.type === 'rate' ? [a + lane.trues, b + lane.n] : [a, b]), [0, 0]);
      return [metric(ids.rate, labels, trues / n, perRound((lane) => (lane.type === 'rate' ? lane.trues / lane.n : null)), n)];
    }
    case 'counter': {
      const values = perRound((lane, measuredMs) => (lane.type === 'counter' && measuredMs > 0 ? (lane.sum * 1_000) / measuredMs : null));
      const figures = values.filter((each) => each !== null);
      const sum = rounds.reduce((total, { lane }) => total + (lane.type === 'counter' ? lane.sum : 0), 0);
      return figures.length === 0 ? [] : [metric(ids.counter, labels, median(figures), values, Math.round(sum))];
    }
  }
}

function samplesOf(rounds: RoundsOfLane['rounds']): Histogram {
  const all = new Histogram();
  for (const { lane } of rounds) if (lane.type === 'trend') all.add(Histogram.fromData(lane.samples));
  return all;
}

function histogramsOf({ key, rounds }: RoundsOfLane): HistogramRecord[] {
  return rounds.flatMap(({ round, lane }) => (lane.type === 'trend' ? [{ id: metricIds(key).trend, labels: { metric: key }, round, unit: 'us' as const, encoded: Histogram.fromData(lane.samples).encode() }] : []));
}

function spectrumOf({ key, labels, rounds }: RoundsOfLane): HttpSeries['spectrum'] {
  if (nameOf(key) !== 'http_req_duration') return [];
  return [{ labels, points: samplesOf(rounds).spectrum().map(([q, us]) => [q, us / 1_000]) }];
}

/** A limit on what has no sample is kept by nobody: a tag that was renamed must not look like a pass. */
function silentFindings(rounds: readonly Round[], lanes: readonly RoundsOfLane[], { sla }: K6Workload): Finding[] {
  if (!rounds.some(({ result }) => result.ended === 'complete' && result.iterations > 0)) return [];
  return Object.keys(sla).filter((limited) => !lanes.some(({ key }) => key === limited)).map((key) => ({
    severity: 'invalid' as const,
    code: 'k6-limit-without-samples',
    message: `sla limits ${key}, of which the script has no sample.`,
    remedy: 'Correct the name or the tag in sla, or in the script; only rates, counters and trends of time can be limited.',
  }));
}

/** Thresholds would be judged by each k6 process on its part of the load: they are switched off. Those that `sla` takes over are settled. */
function thresholdFindings({ thresholds }: ScriptFacts, { sla }: K6Workload): Finding[] {
  const open = thresholds.filter((key) => sla[key] === undefined);
  if (open.length === 0) return [];
  return [{ severity: 'warning', code: 'k6-thresholds-not-judged', message: `The script's own thresholds on ${open.join(', ')} were not judged: a process of k6 knows only its part of the samples.`, remedy: 'Write them as sla of the workload.' }];
}

function detailOf(rounds: readonly Round[], { k6 }: K6Workload, sha256: string, { executors }: ScriptFacts): K6Detail {
  const segments = rounds.flatMap(({ round, result }) => result.segments.map((each) => ({ round, ...each })));
  const sum = (of: (result: ScriptResult) => number): number => rounds.reduce((total, { result }) => total + of(result), 0);
  return { kind: 'k6', script: k6.script, sha256, executors, requests: requestsOf(rounds), iterations: sum(({ iterations }) => iterations), dropped: sum(({ dropped }) => dropped), ...(segments.length === 0 ? {} : { segments }) };
}

function requestsOf(rounds: readonly Round[]): RequestCounts[] {
  const merged = new Map<string, RequestCounts>();
  for (const each of rounds.flatMap(({ result }) => result.requests)) {
    const key = JSON.stringify(each.labels);
    const before = merged.get(key);
    merged.set(key, before === undefined ? each : sumOf(before, each));
  }
  return [...merged.values()];
}

function sumOf(a: RequestCounts, b: RequestCounts): RequestCounts {
  const statuses = { ...a.statuses };
  for (const [status, count] of Object.entries(b.statuses)) statuses[status] = (statuses[status] ?? 0) + count;
  const errors = new Map<string, ErrorGroup>(a.errors.map((group) => [group.kind, group]));
  for (const group of b.errors) errors.set(group.kind, { ...group, count: group.count + (errors.get(group.kind)?.count ?? 0) });
  return { labels: a.labels, sent: a.sent + b.sent, completed: a.completed + b.completed, failed: a.failed + b.failed, statuses, errors: [...errors.values()] };
}
