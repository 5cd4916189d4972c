import type { SlaLimit } from '../record/limits.ts';
import { metricKey, metricKind } from '../record/metrics.ts';
import type { Labels, Metric, SlaResult, SlaVerdict, WorkloadRecord } from '../record/schema.ts';
import { BETWEEN, evidenceFor, type Evidence } from './evidence.ts';
import { measuredSentence, notMeasuredSentence } from './sla-sentences.ts';

/** What limits are held against. */
export type Measured = Pick<WorkloadRecord, 'metrics' | 'histograms' | 'notMeasured'>;

/**
 * Every limit against every metric it speaks of; one without a metric is `not-measured`, never a pass. Pure.
 *
 * - `pass`: the figure is within the limit with 95 % certainty. `breach`: it is beyond it with 95 % certainty, which a few
 *   samples can show as well as many.
 * - `undecided`: the interval straddles the limit, on whichever side of it the figure itself lies; a warning.
 * - `too-few-samples`: no figure, however good, could have passed with this many (59 for p95, 299 for p99).
 * Where there is no interval (fewer than five rounds of a time, a limit of 0 errors) the figure itself is compared.
 */
export function judgeSla(limits: readonly SlaLimit[], measured: Measured): SlaResult[] {
  return limits.flatMap((limit) => {
    const metrics = spokenOf(limit, limits, measured.metrics);
    const missing = metrics.length === 0 ? [limit.labels] : missingLabels(limit, metrics, measured);
    return [...metrics.map((metric) => judgeOne(limit, metric, measured)), ...missing.map((labels) => notMeasured(limit, labels, measured))];
  });
}

/** The metrics a limit speaks of: those with its labels that no other of `limits` speaks of more closely. */
export function spokenOf(limit: SlaLimit, limits: readonly SlaLimit[], metrics: readonly Metric[]): Metric[] {
  return metrics.filter((metric) => metric.id === limit.id && holds(limit.labels, metric.labels) && !isOverruled(limit, limits, metric));
}

const holds = (wanted: Labels, labels: Labels): boolean => Object.entries(wanted).every(([key, value]) => labels[key] === value);

/** A limit that names more labels wins over one that names fewer, where both are equally severe. */
function isOverruled(limit: SlaLimit, limits: readonly SlaLimit[], metric: Metric): boolean {
  const size = Object.keys(limit.labels).length;
  return limits.some(
    (other) => other.id === limit.id && other.operator === limit.operator && other.severity === limit.severity && Object.keys(other.labels).length > size && holds(other.labels, metric.labels),
  );
}

/** Encoders that were not measured and that a general limit speaks of as well: `h264_nvenc` beside `libx264`. */
function missingLabels(limit: SlaLimit, metrics: readonly Metric[], measured: Measured): Labels[] {
  if ('encoder' in limit.labels || !metrics.some(({ labels }) => 'encoder' in labels)) return [];
  const seen = new Set(metrics.map(({ labels }) => labels['encoder']));
  return measured.notMeasured.filter(({ what }) => !seen.has(what)).map(({ what }) => ({ ...limit.labels, encoder: what }));
}

function judgeOne(limit: SlaLimit, metric: Metric, measured: Measured): SlaResult {
  const evidence = evidenceFor(metric, measured.histograms, limit.limit);
  const verdict = decide(limit, evidence);
  const { low, high } = evidence;
  const known = low !== null && high !== null && low !== high;
  return {
    metric: metricKey(metric),
    operator: limit.operator,
    limit: limit.limit,
    unit: metric.unit,
    actual: evidence.value,
    interval: known ? { low, high, confidence: BETWEEN } : null,
    n: evidence.n,
    samplesNeeded: verdict === 'too-few-samples' ? evidence.samplesNeeded : null,
    verdict,
    severity: limit.severity,
    sentence: measuredSentence(limit, metric, evidence, verdict),
  };
}

function decide({ operator, limit }: SlaLimit, { low, high, n, samplesNeeded }: Evidence): SlaVerdict {
  const [worst, best] = operator === '<=' ? [high, low] : [low, high];
  const beyond = (value: number): boolean => (operator === '<=' ? value > limit : value < limit);
  if (best !== null && beyond(best)) return 'breach';
  if (samplesNeeded !== null && n < samplesNeeded) return 'too-few-samples';
  if (worst === null) return 'undecided';
  return beyond(worst) ? 'undecided' : 'pass';
}

function notMeasured(limit: SlaLimit, labels: Labels, measured: Measured): SlaResult {
  const why = measured.notMeasured.find(({ what }) => Object.values(labels).includes(what));
  return {
    metric: metricKey({ id: limit.id, labels }),
    operator: limit.operator,
    limit: limit.limit,
    unit: metricKind(limit.id).unit,
    actual: null,
    interval: null,
    n: 0,
    samplesNeeded: null,
    verdict: 'not-measured',
    severity: limit.severity,
    sentence: notMeasuredSentence({ ...limit, labels }, why),
  };
}
