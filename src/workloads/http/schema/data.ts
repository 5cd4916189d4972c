import { z } from 'zod';
import { needs } from '../../../fields.ts';

const columnName = z.string().regex(/^[A-Za-z_]\w*$/, { error: (issue) => needs('a name of letters, digits and _', issue.input) });
const whole = z.number().int();

const generator = z.union(
  [
    z.literal('uuid'),
    z.strictObject({ integer: z.tuple([whole, whole]).describe('from and to, both included') }).refine(({ integer: [from, to] }) => from <= to, { error: 'the first number must not be above the second' }),
    z.strictObject({ choice: z.array(z.json()).min(1, { error: 'needs at least one value' }).describe('one of these values') }),
    z.strictObject({ sequence: z.strictObject({ from: whole.default(1).describe('first number'), step: whole.default(1).describe('between two numbers') }).describe('consecutive numbers, never twice in a run') }),
  ],
  { error: (issue) => needs('uuid, { integer: [1, 100] }, { choice: [a, b] } or { sequence: { from: 1 } }', issue.input) },
);

export const data = z
  .strictObject({
    file: z.string().optional().describe('CSV with a line of names, or JSON with a list of maps, from the folder of the scenario'),
    order: z.enum(['sequential', 'random']).default('sequential').describe('rows in turn (from the first again when all were used), or drawn at random by the seed'),
    generate: z.record(columnName, generator).optional().describe('values made from the seed: uuid, { integer: [1, 100] }, { choice: [a, b] }, { sequence: { from: 1 } }'),
  })
  .refine(({ file, generate }) => file !== undefined || generate !== undefined, { error: 'needs file or generate' });
