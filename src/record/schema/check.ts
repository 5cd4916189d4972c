import { z } from 'zod';
import { severity } from './common.ts';

/** Checks of behaviour have no series. */
export const checkSeries = z.object({ kind: z.literal('check') });

export const checkDetail = z.object({
  kind: z.literal('check'),
  checks: z.array(
    z.object({
      name: z.string().describe('rateLimit, auth, …'),
      verdict: z.enum(['pass', 'fail']),
      severity: severity.optional().describe('of a fail; absent: critical'),
      sentences: z.array(z.string()).describe('what does not hold; of a check that passes, what was seen'),
      evidence: z.array(z.object({ sent: z.string(), received: z.string() })).describe('requests and answers, without credentials'),
    }),
  ),
});

export type CheckDetail = z.infer<typeof checkDetail>;
