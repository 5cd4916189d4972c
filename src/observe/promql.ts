import { z } from 'zod';
import { figureOf } from './amount.ts';
import type { FigureKind } from './limits.ts';
import type { Take } from './schema.ts';
import type { Source } from './source.ts';
import type { Seen, Window } from './window.ts';

/** Prometheus refuses queries of more than 11,000 points. */
const MOST_POINTS = 10_000;
const LONGEST_SHOWN = 200;

const success = z.object({
  status: z.literal('success'),
  data: z.discriminatedUnion('resultType', [
    z.object({ resultType: z.literal('matrix'), result: z.array(z.object({ metric: z.record(z.string(), z.string()), values: z.array(z.tuple([z.number(), z.string()])).default([]) })) }),
    z.object({ resultType: z.enum(['vector', 'scalar', 'string']), result: z.unknown() }),
  ]),
});
const failure = z.object({ status: z.literal('error'), error: z.string() });

/** A range query over exactly a window (HTTP API of Prometheus, /api/v1/query_range). What goes wrong is a value. */
export async function queryWindow(source: Source, query: string, window: Window, options: { take: Take; stepMs: number } & Pick<FigureKind, 'scale'>, signal: AbortSignal): Promise<Seen> {
  const stepS = Math.max(options.stepMs, (window.toMs - window.fromMs) / MOST_POINTS) / 1_000;
  const answer = await source.ask({ query, start: (window.fromMs / 1_000).toFixed(3), end: (window.toMs / 1_000).toFixed(3), step: stepS.toFixed(3) }, signal);
  if (!answer.ok) return without(answer.problem);
  const points = pointsIn(answer.text, answer.status, source.url);
  return typeof points === 'string' ? without(points) : seenOf(points, window, options);
}

const without = (problem: string): Seen => ({ amount: null, value: null, points: [], problem });

/** The one series of an answer as [seconds since the epoch, value as text]; a sentence where there is none. */
export function pointsIn(text: string, status: number, url: string): readonly (readonly [number, string])[] | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return `${url} answers ${status} and no JSON: is this a Prometheus server?`;
  }
  const refused = failure.safeParse(value);
  if (refused.success) return `Prometheus refuses the query: ${refused.data.error.slice(0, LONGEST_SHOWN)}`;
  const read = success.safeParse(value);
  if (!read.success) return `${url} answers ${status} and not what a Prometheus server would: is this one?`;
  const { data } = read.data;
  if (data.resultType !== 'matrix') return `the query is a ${data.resultType} where a range of values is needed`;
  const [first, ...more] = data.result;
  if (first === undefined) return 'the query has no result in the measured window';
  if (more.length > 0) return `the query has ${more.length + 1} series as its result: make them one, for example with sum( … )`;
  return first.values;
}

function seenOf(all: readonly (readonly [number, string])[], { fromMs }: Window, { take, scale }: { take: Take; scale: number }): Seen {
  const points = all.map(([seconds, text]): [number, number] => [seconds - fromMs / 1_000, numberOf(text) * scale]).filter(([, value]) => Number.isFinite(value));
  if (all.length > 0 && points.length === 0) return without(`every value is ${[...new Set(all.map(([, text]) => text))].slice(0, 3).join(' or ')}`);
  const amount = { kind: 'points' as const, values: points.map(([, value]) => value) };
  const figure = figureOf(amount, take);
  if (typeof figure === 'string') return without(figure);
  return { amount, value: figure.value, points, problem: points.length < all.length ? 'values that are NaN or infinite are left out' : null };
}

const numberOf = (text: string): number => (/^\+?Inf/.test(text) ? Number.POSITIVE_INFINITY : text.startsWith('-Inf') ? Number.NEGATIVE_INFINITY : Number(text));
