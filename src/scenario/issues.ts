import { z } from 'zod';
import { needs, shown } from '../fields.ts';
import { nearest, suggestion } from './nearest.ts';
import { isMap } from './patch.ts';
import type { Path } from './problem.ts';

/** A mistake in plain data, before it has a place in a file. */
export interface Issue {
  path: Path;
  /** Which end of `key: value` is wrong. */
  at: 'key' | 'value';
  message: string;
}

/** What was read, or every mistake in it. */
export type Checked<T> = { ok: true; value: T } | { ok: false; issues: Issue[] };

/** Checks plain data; the schema's own messages win, the rest is said in this project's words. */
export function check<T>(schema: z.ZodType<T>, plain: unknown): Checked<T> {
  const result = schema.safeParse(plain, { error: say, reportInput: true });
  return result.success ? { ok: true, value: result.data } : { ok: false, issues: withoutEchoes(result.error.issues.flatMap((issue) => flatten(issue, [], plain))) };
}

/** A misspelt key is one mistake: that the right one is missing goes without saying. */
function withoutEchoes(issues: readonly Issue[]): Issue[] {
  const meant = new Set(issues.flatMap(({ path, message }) => {
    const key = /^unknown key, did you mean (.*)\?$/.exec(message)?.[1];
    return key === undefined ? [] : [JSON.stringify([...path.slice(0, -1), key])];
  }));
  return issues.filter(({ path, message }) => !(message.startsWith('is missing') && meant.has(JSON.stringify(path))));
}

const WORDS: Record<string, string> = {
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list (lines that start with -)',
  tuple: 'a list',
  object: 'a map (lines of key: value)',
  record: 'a map (lines of key: value)',
};

/** Separates the keys in the message of `unrecognized_keys`, which is not for people: `flatten` makes one message of each key. */
const KNOWN_KEYS = '\n';

function say(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return needs(WORDS[issue.expected] ?? issue.expected, issue.input);
    case 'invalid_value':
      return oneOf(issue.values.map(String), issue.input);
    case 'unrecognized_keys':
      return knownKeys(issue.inst).join(KNOWN_KEYS);
    case 'invalid_format':
      return needs(`text of the form ${issue.pattern ?? issue.format}`, issue.input);
    case 'too_small':
      if (issue.origin === 'array') return `needs at least ${issue.minimum === 1 ? 'one entry' : `${issue.minimum} entries`}: got none`;
      if (issue.origin === 'string') return issue.minimum === 1 ? 'is empty: needs text' : `must be at least ${issue.minimum} characters long`;
      return needs(`${issue.inclusive === true ? 'at least' : 'more than'} ${issue.minimum}`, issue.input);
    case 'too_big':
      if (issue.origin === 'array') return `must have at most ${issue.maximum} entries`;
      if (issue.origin === 'string') return `must be at most ${issue.maximum} characters long`;
      return needs(`${issue.inclusive === true ? 'at most' : 'less than'} ${issue.maximum}`, issue.input);
    default:
      return undefined;
  }
}

function oneOf(values: readonly string[], input: unknown): string {
  const near = typeof input === 'string' ? nearest(input, values) : undefined;
  const wanted = values.length === 1 ? (values[0] ?? '') : `one of ${values.join(', ')}`;
  return `${needs(wanted, input)}${near === undefined ? '' : `, did you mean ${near}?`}`;
}

function knownKeys(inst: unknown): string[] {
  if (inst instanceof z.ZodObject) return Object.keys(inst.shape);
  if (inst instanceof z.ZodRecord && inst.keyType instanceof z.ZodEnum) return inst.keyType.options.map(String);
  return [];
}

function flatten(issue: z.core.$ZodIssue, before: Path, plain: unknown): Issue[] {
  const path = [...before, ...issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ path: [...path, key], at: 'key', message: `unknown key, ${suggestion(key, issue.message === '' ? [] : issue.message.split(KNOWN_KEYS))}` }));
    case 'invalid_key':
      return [{ path, at: 'key', message: issue.issues[0]?.message ?? issue.message }];
    case 'invalid_union':
      if (issue.errors.length === 0 || issue.message !== NO_MESSAGE) return [{ path, at: 'value', message: issue.message }];
      return likeliest(issue.errors).flatMap((each) => flatten(each, path, plain));
    default:
      return [{ path, at: 'value', message: withFound(issue, valueAt(plain, path)) }];
  }
}

/** What zod says of a union whose schema has no message of its own. */
const NO_MESSAGE = 'Invalid input';

/** Of the branches of a union, the one the value is nearest to: fewest complaints about the value as a whole, its keys and what it lacks. */
function likeliest(branches: readonly z.core.$ZodIssue[][]): z.core.$ZodIssue[] {
  const strangeness = (issues: readonly z.core.$ZodIssue[]): number =>
    issues.reduce((sum, issue) => {
      if (issue.code === 'unrecognized_keys' && issue.path.length === 0) return sum + issue.keys.length;
      if (issue.path.length === 0) return sum + 100;
      return issue.path.length === 1 && issue.input === undefined ? sum + 1 : sum;
    }, 0);
  return branches.toSorted((a, b) => strangeness(a) - strangeness(b))[0] ?? [];
}

/** A limit's own message (`is above the ceiling of 24h`) with what was found, as it is written, where it does not say so itself. */
function withFound(issue: z.core.$ZodIssue, found: unknown): string {
  const said = /got |is missing|is empty|long$|entries$/.test(issue.message) || issue.code === 'custom';
  return said || found === undefined ? issue.message : `${issue.message}: got ${shown(found)}`;
}

function valueAt(plain: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, part) => {
    if (Array.isArray(value)) return typeof part === 'number' ? value[part] : undefined;
    return isMap(value) && Object.hasOwn(value, part) ? value[part] : undefined;
  }, plain);
}
