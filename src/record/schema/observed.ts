import { z } from 'zod';
import { unit } from './common.ts';

/** What a service said of itself while a workload was measured. */
export const observedSeries = z.object({
  name: z.string(),
  source: z.enum(['endpoint', 'prometheus']),
  query: z.string().describe('the selector or PromQL as written'),
  take: z.string().describe('how the readings of a window become one figure: max, min, avg, p50, p95, p99, last, rate, ratio'),
  unit,
  value: z.number().nullable().describe('of the whole run; null where no round has one'),
  rounds: z.array(
    z.object({
      round: z.number().int(),
      value: z.number().nullable(),
      points: z.array(z.tuple([z.number(), z.number()])).describe('[seconds since the measured window began, value]'),
      problem: z.string().nullable().describe('why there is no value, or what was left out'),
    }),
  ),
});

export type ObservedSeries = z.infer<typeof observedSeries>;
