import { z } from 'zod';
import { slaResult, unit } from './common.ts';

/** This machine, while a scenario was measured. */
export const hostRecord = z.object({
  source: z.enum(['proc', 'systeminformation']),
  everyMs: z.number(),
  readings: z.number().int(),
  cost: z.number().nullable().describe('what the looking itself took, as a share of one core'),
  series: z.array(
    z.object({
      metric: z.string().describe('metric key: host.cpu, host.process.memory{process=postgres}'),
      unit,
      mean: z.number(),
      worst: z.number(),
      points: z.array(z.tuple([z.number(), z.number()])).describe('[seconds since the first look, value]'),
    }),
  ),
  sla: z.array(slaResult).describe('the alerts of the scenario, as limits; actual: the worst level that was held as long as the alert says'),
});

export type HostRecord = z.infer<typeof hostRecord>;
