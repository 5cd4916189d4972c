import { z } from 'zod';
import { generators, requestCounts } from './http.ts';

/** What a hand-written script of k6 came to. Its series is that of http. */
export const k6Detail = z.object({
  kind: z.literal('k6'),
  script: z.string().describe('as the scenario names it'),
  sha256: z.string().describe('of the script and the files it imports'),
  executors: z.array(z.object({ scenario: z.string(), executor: z.string() })).describe("the script's own k6 scenarios"),
  requests: z.array(requestCounts).describe('all requests, and those of each value of the tags that were asked for'),
  iterations: z.number().int(),
  dropped: z.number().int().describe('iterations for which k6 had no virtual user'),
  segments: generators.optional(),
});

export type K6Detail = z.infer<typeof k6Detail>;
