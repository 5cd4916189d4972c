import type { CapturePlan, DataPlan, GeneratorPlan } from '../../src/load/plan.ts';
import type { Form, Template } from '../../src/load/template.ts';
import type { Json } from '../../src/load/json-pointer.ts';
import { seededRandom, seedFor } from './random.ts';

// What the local engine does with values, in the JavaScript that k6 has; test/unit/k6 holds both against each other.

export type Values = Record<string, Json>;

/** One random number for a purpose and an iteration: what it is does not depend on who runs the iteration. */
export function drawn(seed: number, ...parts: (string | number)[]): number {
  return seededRandom(seedFor(seed, ...parts))();
}

/** The values of iteration `n` by the names they are referred to: `data.email`. */
export function valuesOf(data: DataPlan, rows: readonly Readonly<Record<string, Json>>[], n: number): Values {
  const number = data.first + n;
  const values: Values = {};
  const row = rows.length === 0 ? undefined : rows[data.order === 'sequential' ? number % rows.length : below(rows.length, data.seed, 'row', number)];
  if (row !== undefined) for (const name of Object.keys(row)) values[`data.${name}`] = row[name] ?? null;
  for (const { name, generator } of data.generate) values[`data.${name}`] = made(generator, data.seed, name, number);
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
  return Math.floor(drawn(seed, name, number) * limit);
}

function uuid(seed: number, more: number): string {
  const one = seededRandom(seed);
  const other = seededRandom(more);
  const hex = [one(), other(), one(), other()].map((each) => Math.floor(each * 0x1_0000_0000).toString(16).padStart(8, '0')).join('');
  const variant = ((parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** The text with every value put in. */
export function fill(template: Template, values: Values): string {
  if (typeof template === 'string') return template;
  let text = '';
  for (const part of template) text += typeof part === 'string' ? part : shaped(values[part.ref], part.ref, part.as);
  return text;
}

function shaped(value: Json | undefined, name: string, as: Form): string {
  if (value === undefined) throw new Error(`${name} has no value`);
  if (as === 'json') return JSON.stringify(value);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (as === 'json-text') return JSON.stringify(text).slice(1, -1);
  return as === 'text' ? text : encodeURI(wellFormed(text)).split('#').join('%23');
}

/** encodeURI throws on half a character. */
function wellFormed(text: string): string {
  let result = '';
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    result += code >= 0xd800 && code <= 0xdfff ? '\uFFFD' : char;
  }
  return result;
}

/** RFC 6901; undefined where the pointer leads nowhere. */
export function atPointer(document: Json, pointer: string): Json | undefined {
  if (pointer === '') return document;
  if (pointer.charAt(0) !== '/') return undefined;
  let current: Json | undefined = document;
  for (const token of pointer.slice(1).split('/')) {
    if (typeof current !== 'object' || current === null) return undefined;
    const key = token.split('~1').join('/').split('~0').join('~');
    if (Array.isArray(current)) current = /^(0|[1-9]\d*)$/.test(key) ? current[Number(key)] : undefined;
    else current = Object.prototype.hasOwnProperty.call(current, key) ? current[key] : undefined;
  }
  return current;
}

/** The first group of a match, or the whole of it; undefined without one. */
export function firstMatch(pattern: string, text: string): string | undefined {
  const match = new RegExp(pattern).exec(text);
  return match === null ? undefined : (match[1] ?? match[0]);
}

export type Captured = { found: Json } | { missing: string };

/** A value taken from an answer. */
export function captured({ name, from }: CapturePlan, body: string, header: (name: string) => string | undefined): Captured {
  if (from.type === 'json') {
    const document = parsed(body);
    if (document === undefined) return { missing: 'nothing can be captured, the body is not JSON' };
    const value = atPointer(document, from.pointer);
    return value === undefined ? { missing: `capture ${name} found nothing at ${from.pointer}` } : { found: value };
  }
  const text = from.type === 'header' ? header(from.header) : body;
  if (text === undefined) return { missing: `capture ${name} found no header` };
  const value = from.pattern === null ? text : firstMatch(from.pattern, text);
  return value === undefined ? { missing: `capture ${name} found no match of ${from.pattern ?? ''}` } : { found: value };
}

export function parsed(body: string): Json | undefined {
  try {
    return JSON.parse(body) as Json;
  } catch {
    return undefined;
  }
}
