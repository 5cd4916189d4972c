import { z } from 'zod';
import { needs } from '../fields.ts';

const reference = z.string({ error: (issue) => needs('what decides the item, for example health/latency.p95 or limits/check.rateLimit', issue.input) }).min(1);

const item = z
  .strictObject({
    item: z.string().min(1).describe('as the guide says it'),
    section: z.string().min(1).optional().describe('of the guide'),
    by: z.union([reference, z.array(reference).min(1)]).describe('what decides it: <workload>, <workload>/<metric>, <workload>/check.<check>, <workload>/observe.<series>, <workload>/encoder.<encoder>, host.<what>, baseline, or capacity (never decided by a run); :critical, :warning or :info behind a metric means the limits of that severity alone; all of a list must hold'),
  })
  .transform(({ item: text, section, by }) => ({ item: text, section: section ?? null, by: [by].flat() }));

const outside = z.strictObject({
  why: z.string().min(1).describe('why none of these can be measured from outside'),
  items: z.array(z.string().min(1)).min(1).describe('as the guide says them: listed as not measurable, never passed'),
});

/** A production readiness guide, item by item. */
export const readiness = z.strictObject({
  guide: z.string().min(1).describe('title of the guide'),
  items: z.array(item).min(1).describe('items that can be measured'),
  outside: z.array(outside).default([]).describe('items that cannot'),
});

export type ReadinessSpec = z.infer<typeof readiness>;
