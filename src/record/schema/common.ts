import { z } from 'zod';

/** What tells two metrics of one id apart inside a workload: `{ encoder: 'libx264', concurrency: '2' }`, `{ step: 'submit' }`. */
export const labels = z.record(z.string(), z.string());

export const unit = z.enum(['ms', '1/s', '1/h', 'ratio', 'fps', 'x', 'bytes', 'bytes/s', 'bit/s', 'dB', 'score', 'count', 'J', 'W', 'share']);

export const metric = z.object({
  id: z.string().describe('stable and dotted: latency.p95'),
  labels,
  unit,
  better: z.enum(['lower', 'higher']),
  value: z.number().describe('of the whole run: percentiles from the merged histogram, shares from all requests together, otherwise the median of the rounds'),
  rounds: z.array(z.number().nullable()).describe('one value a round, aligned with the round number; null where that round has none'),
  n: z.number().int().nonnegative().describe('samples behind `value`'),
});

export const finding = z.object({
  severity: z.enum(['warning', 'invalid']),
  code: z.string().describe('stable, kebab-case: generator-saturated'),
  message: z.string(),
  remedy: z.string(),
  round: z.number().int().optional(),
});

const waived = z.object({ until: z.string().describe('the last day on which it holds'), reason: z.string() }).optional().describe('a person accepts this fault until then: it fails nothing');

const slaVerdict = z.enum(['pass', 'breach', 'undecided', 'too-few-samples', 'not-measured']);

export const severity = z.enum(['critical', 'warning', 'info']);

export const slaResult = z.object({
  metric: z.string().describe('metric key: id, or id{label=value,…}'),
  operator: z.enum(['<=', '>=']),
  limit: z.number(),
  unit,
  actual: z.number().nullable(),
  interval: z.object({ low: z.number(), high: z.number(), confidence: z.number() }).nullable(),
  n: z.number().int().nonnegative(),
  samplesNeeded: z.number().int().nullable().describe('where there are too few'),
  verdict: slaVerdict,
  severity,
  sentence: z.string(),
  waived,
});

const comparisonVerdict = z.enum(['regression', 'improved', 'same', 'inconclusive', 'advisory', 'no-baseline', 'not-comparable', 'not-measured']);

export const comparisonResult = z.object({
  metric: z.string(),
  verdict: comparisonVerdict,
  unit,
  baseline: z.number().nullable(),
  current: z.number().nullable(),
  change: z.number().nullable().describe('current / baseline − 1'),
  interval: z.object({ low: z.number(), high: z.number(), confidence: z.number() }).nullable().describe('of the change'),
  pValue: z.number().nullable().describe('one-sided, adjusted over all gated metrics of the run (Holm)'),
  suspected: z.boolean().describe('worse by the minimum effect or more and improbable (p <= 0.10) had nothing changed; not a regression by itself'),
  smallestDetectable: z.number().nullable().describe('smallest change this comparison would have seen in 80 of 100 runs, as a share of the baseline; of a metric that is a share itself, in points: 0.05 is 5'),
  sessions: z.number().int().describe('stored sessions compared with'),
  pairs: z.number().int().optional().describe('of a paired comparison (--against): rounds in which both sides were measured; absent where stored sessions were compared with'),
  sentence: z.string(),
  waived,
});

export const notMeasured = z.object({
  what: z.string().describe('h264_nvenc'),
  cause: z.string().describe('stable, kebab-case: no-driver'),
  reason: z.string(),
  remedy: z.string(),
});

export const histogram = z.object({
  id: z.string().describe('latency, service, firstByte, connect, tls, iteration; failed: of wrong answers and broken connections'),
  labels,
  round: z.number().int(),
  unit: z.literal('us'),
  encoded: z.string().describe('HdrHistogram V2, deflated, base64'),
});

export type Labels = z.infer<typeof labels>;
export type Unit = z.infer<typeof unit>;
export type Metric = z.infer<typeof metric>;
export type Finding = z.infer<typeof finding>;
export type SlaVerdict = z.infer<typeof slaVerdict>;
export type SlaResult = z.infer<typeof slaResult>;
export type ComparisonVerdict = z.infer<typeof comparisonVerdict>;
export type ComparisonResult = z.infer<typeof comparisonResult>;
export type NotMeasured = z.infer<typeof notMeasured>;
export type HistogramRecord = z.infer<typeof histogram>;
