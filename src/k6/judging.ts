import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { BenchError, EXIT, reasonOf } from '../errors.ts';
import { PLAN, ROWS } from './script-files.ts';
import type { K6Plan } from './plan.ts';

export const JUDGING = 'judging.json';

const limit = z.object({ id: z.string(), labels: z.record(z.string(), z.string()), operator: z.enum(['<=', '>=']), limit: z.number(), severity: z.enum(['critical', 'warning', 'info']) });

const load = z.discriminatedUnion('model', [
  z.object({ model: z.literal('closed'), connections: z.number().int().min(1), engine: z.enum(['own', 'autocannon']) }),
  z.object({ model: z.enum(['open', 'staged']) }),
]);

/** What the merged figures are held against: the scenario as it was when it was exported. */
const judging = z.object({
  schema: z.literal(1),
  plan: z.string(),
  scenario: z.object({ name: z.string(), file: z.string(), sha256: z.string(), source: z.string(), target: z.string(), gate: z.record(z.string(), z.unknown()) }),
  profile: z.string(),
  seed: z.number(),
  rounds: z.number().int().min(1),
  insecureTls: z.boolean(),
  image: z.string(),
  workloads: z.array(z.object({ name: z.string(), load, limits: z.array(limit) })).min(1),
});

export type Judging = z.infer<typeof judging>;

/** Reads an exported folder. Throws a BenchError (2) for one that is none, or was changed. */
export async function readExport(folder: string): Promise<{ plan: K6Plan; judging: Judging }> {
  const hint = 'Give the folder that bench k6 export wrote, as it was written: bench k6 merge --plan FOLDER FILES…';
  const read = async (name: string): Promise<unknown> => {
    try {
      return JSON.parse(await readFile(join(folder, name), 'utf8')) as unknown;
    } catch (thrown) {
      throw new BenchError(EXIT.usage, `${join(folder, name)} cannot be read: ${reasonOf(thrown)}`, { hint, cause: thrown });
    }
  };
  const plan = { ...((await read(PLAN)) as K6Plan), rows: (await read(ROWS)) as K6Plan['rows'] };
  const parsed = judging.safeParse(await read(JUDGING));
  if (!parsed.success) throw new BenchError(EXIT.usage, `${join(folder, JUDGING)} is not what it should be: ${parsed.error.issues[0]?.path.join('.')}: ${parsed.error.issues[0]?.message}`, { hint });
  if (plan.schema !== 1 || !Array.isArray(plan.parts)) throw new BenchError(EXIT.usage, `${join(folder, PLAN)} is no plan of this version`, { hint });
  if (plan.id !== parsed.data.plan) throw new BenchError(EXIT.usage, `${PLAN} and ${JUDGING} in ${folder} belong to two exports`, { hint });
  return { plan, judging: parsed.data };
}
