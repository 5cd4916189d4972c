import { z } from 'zod';
import { durationMs, name, needs, share } from '../fields.ts';
import { SEVERITIES } from '../record/limits.ts';
import { figureKindOf, parseLimit, UNIT_NAMES, type SeriesLimit } from './limits.ts';
import { parseSelector } from './selector.ts';

/** How the readings of a measured window become one figure. */
export const TAKES = ['max', 'min', 'avg', 'p50', 'p90', 'p95', 'p99', 'last', 'rate', 'ratio'] as const;
export type Take = (typeof TAKES)[number];

const QUANTILES: readonly Take[] = ['p50', 'p90', 'p95', 'p99', 'avg'];

const selector = z.string({ error: (issue) => needs('a metric, for example queue_length or jobs{state="waiting"}', issue.input) }).superRefine((text, context) => {
  const parsed = parseSelector(text);
  if (!parsed.ok) context.addIssue({ code: 'custom', message: `is no selector such as queue_length or jobs{state="waiting"}: ${parsed.wrong}` });
});
const selectors = z.union([selector, z.array(selector).min(1)]);

const headers = z.record(z.string(), z.string());

const isUrl = (text: string): boolean => /^https?:\/\//.test(text) && URL.canParse(text);
const wantedUrl = (issue: { input?: unknown }): string => needs('an http(s) URL, for example http://127.0.0.1:9090', issue.input);
const wantedEndpoint = (issue: { input?: unknown }): string => needs('a path that starts with /, appended to the target, or a URL, for example http://127.0.0.1:9100/metrics', issue.input);
const withoutCredentials = (text: string, context: z.RefinementCtx): void => {
  if (text.includes('\0<')) context.addIssue({ code: 'custom', message: 'must not hold a secret, for it is printed in reports: use headers with ${secret.X} for credentials' });
  else if (isUrl(text) && (new URL(text).username !== '' || new URL(text).password !== '')) context.addIssue({ code: 'custom', message: 'must not hold credentials: write them as a header, for example headers: { authorization: "Bearer ${secret.METRICS_TOKEN}" }' });
};

const interval = durationMs.pipe(z.number().min(100, { error: 'must be at least 100ms' }).max(3_600_000, { error: 'is above the ceiling of 1h' }));

const prometheus = z.strictObject({
  url: z.string({ error: wantedUrl }).refine(isUrl, { error: wantedUrl }).superRefine(withoutCredentials).describe('of the server; /api/v1/query_range is appended'),
  headers: headers.default({}).describe('sent with every query; ${secret.X} for credentials'),
  step: interval.prefault('1s').describe('resolution of the series; longer where a window would have more than 10,000 points'),
});

const limit = z.string({ error: (issue) => needs('a limit, for example at most 20 or at least 50%', issue.input) });

const series = z
  .strictObject({
    name: name.describe('what reports call it; unique in the section'),
    of: selectors.optional().describe('samples of the endpoint, by name and labels; several and labelled ones are put together by `across`'),
    histogram: selector.optional().describe('a histogram of the endpoint, by its name without _bucket: take a percentile or avg of what was counted during the window'),
    promql: z.string().min(1).optional().describe('asked of the Prometheus server over the measured window; must come to one series'),
    per: selectors.optional().describe('what `of` is divided by: for take: ratio the increases of counters, otherwise reading by reading'),
    across: z.enum(['sum', 'max', 'min', 'avg']).default('sum').describe('how several samples become one reading'),
    take: z.enum(TAKES).describe('how the readings of a window become one figure; rate: increase of a counter per second; ratio: increase of `of` by increase of `per`'),
    unit: z.enum(UNIT_NAMES).optional().describe('of the values as they are read; without it by the end of the name (_seconds, _bytes, _ratio …), share for quotients, else count'),
    better: z.enum(['lower', 'higher']).optional().describe('which way is good, for the comparison; without it by the limits, else lower'),
    critical: limit.optional().describe('limit whose breach fails the run: at most 20, at least 50%, <= 2s'),
    warning: limit.optional().describe('limit whose breach is a warning'),
    info: limit.optional().describe('limit whose breach is shown'),
    workloads: z.array(name).min(1).optional().describe('during which workloads; without it those of the section'),
    gate: z.boolean().default(false).describe('true: a change against the baseline can be a regression; otherwise it is reported only'),
    minEffect: share.optional().describe('smallest change that counts, where it is gated'),
  })
  .superRefine((each, context) => {
    const wrong = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message });
    const [first, ...more] = (['of', 'histogram', 'promql'] as const).filter((key) => each[key] !== undefined);
    if (first === undefined) wrong('of', 'is missing: needs of, histogram or promql');
    for (const key of more) wrong(key, `stands beside ${first ?? ''}: keep one of the two`);
    if (each.per !== undefined && each.of === undefined) wrong('per', 'divides `of`, which is not there');
    if (each.take === 'ratio' && each.per === undefined) wrong('take', 'ratio needs per: what the increase is divided by');
    if (each.take === 'rate' && each.per !== undefined) wrong('take', 'rate has no use for per: take ratio, or leave per out');
    if (each.histogram !== undefined && !QUANTILES.includes(each.take)) wrong('take', `must be one of ${QUANTILES.join(', ')} for a histogram`);
    if (each.promql !== undefined && (each.take === 'rate' || each.take === 'ratio')) wrong('take', `${each.take} is for counters of the endpoint: write rate() or a quotient in PromQL and take avg, max or last of it`);
    const { unit } = figureKindOf(each);
    for (const severity of SEVERITIES) {
      const text = each[severity];
      const parsed = text === undefined ? null : parseLimit(text, unit);
      if (parsed?.ok === false) wrong(severity, parsed.wrong);
    }
  })
  .transform(({ critical, warning, info, ...rest }) => {
    const { unit } = figureKindOf(rest);
    const limits = Object.entries({ critical, warning, info }).flatMap(([severity, text]): SeriesLimit[] => {
      const parsed = text === undefined ? null : parseLimit(text, unit);
      return parsed?.ok === true ? [{ severity: severity as SeriesLimit['severity'], ...parsed.value }] : [];
    });
    return { ...rest, limits };
  });

export const observe = z
  .strictObject({
    endpoint: z.string({ error: wantedEndpoint }).refine((text) => text.startsWith('/') || isUrl(text), { error: wantedEndpoint }).superRefine(withoutCredentials).default('/metrics').describe('where the service shows its metrics as text: a path on the target, or a URL'),
    headers: headers.default({}).describe('sent to the endpoint beside those of the target; ${secret.X} for credentials'),
    every: interval.prefault('500ms').describe('how often the endpoint is read'),
    timeout: durationMs.pipe(z.number().min(10, { error: 'must be at least 10ms' }).max(60_000, { error: 'is above the ceiling of 1m' })).prefault('5s').describe('of each reading and each query'),
    prometheus: prometheus.optional().describe('a Prometheus server, for promql'),
    workloads: z.array(name).min(1).optional().describe('during which workloads; without it all http, job and k6 workloads'),
    series: z.array(series).min(1).max(50).describe('what is read'),
  })
  .superRefine(({ series: all, prometheus: server }, context) => {
    all.forEach((each, index) => {
      if (each.promql !== undefined && server === undefined) context.addIssue({ code: 'custom', path: ['series', index, 'promql'], message: 'needs a server to ask: add prometheus: { url: http://127.0.0.1:9090 } to observe' });
      const first = all.findIndex((other) => other.name === each.name);
      if (first < index) context.addIssue({ code: 'custom', path: ['series', index, 'name'], message: `${each.name} is the name of series[${first}] already` });
    });
  });

export type ObserveSpec = z.infer<typeof observe>;
export type SeriesSpec = z.infer<typeof series>;
