import { z } from 'zod';

const readinessVerdict = z.enum(['pass', 'warning', 'fail', 'undecided', 'not-measured', 'not-measurable']);

const readinessItem = z.object({
  section: z.string().nullable(),
  item: z.string().describe('as the guide says it'),
  verdict: readinessVerdict.describe('not-measured: it could have been and was not in this run; not-measurable: not from outside'),
  figure: z.string().nullable(),
  evidence: z.array(z.object({ by: z.string().describe('what in the scenario decides it; empty where nothing can'), verdict: readinessVerdict, sentence: z.string() })),
});

/** A production readiness guide against a run. */
export const readiness = z.object({ guide: z.string(), items: z.array(readinessItem) });

export type Readiness = z.infer<typeof readiness>;
export type ReadinessItem = z.infer<typeof readinessItem>;
export type ReadinessVerdict = z.infer<typeof readinessVerdict>;
