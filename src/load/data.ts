import { seededRandom, seedFor } from '../random.ts';
import type { Json } from './json-pointer.ts';
import type { DataPlan, GeneratorPlan } from './plan.ts';

/**
 * The values of iteration `n`, by the names they are referred to (`data.email`). A function of the seed and `n` alone, so
 * that threads which share the iterations need not speak to each other. Rows are taken again from the first when all were.
 */
export function valuesOf({ rows, order, generate, seed, first }: DataPlan, n: number): Record<string, Json> {
  const number = first + n;
  const values: Record<string, Json> = {};
  const row = rows[order === 'sequential' ? number % rows.length : below(rows.length, seed, 'row', number)];
  if (row !== undefined) for (const [name, value] of Object.entries(row)) values[`data.${name}`] = value;
  for (const { name, generator } of generate) values[`data.${name}`] = made(generator, seed, name, number);
  return values;
}

function made(generator: GeneratorPlan, seed: number, name: string, number: number): Json {
  switch (generator.type) {
    case 'uuid':
      return uuid(seedFor(seed, name, number), seedFor(seed, name, number, 'more'));
    case 'integer':
      return generator.from + below(generator.to - generator.from + 1, seed, name, number);
    case 'choice':
      return generator.values[below(generator.values.length, seed, name, number)] ?? null;
    case 'sequence':
      return generator.from + number * generator.step;
  }
}

function below(limit: number, seed: number, name: string, number: number): number {
  return Math.floor(seededRandom(seedFor(seed, name, number))() * limit);
}

/** Version 4 (RFC 9562) from two 32-bit seeds, so that two of a run are as unlikely to meet as 64 bits make it. */
function uuid(seed: number, more: number): string {
  const [one, other] = [seededRandom(seed), seededRandom(more)];
  const hex = [one(), other(), one(), other()].map((each) => Math.floor(each * 0x1_0000_0000).toString(16).padStart(8, '0')).join('');
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}
