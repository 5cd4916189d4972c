import { z } from 'zod';
import { parseBitsPerSecond, parseBytes, parseDurationMs, parseRatePerSecond, parseShare } from './units.ts';

/**
 * The kinds of value a scenario file can hold. Each takes the text a person writes and yields the number the code uses
 * (milliseconds, per second, share of one, bytes, bits per second); a wrong one says what was found and what would be right.
 */

/** A value as a person would recognise it in their file: JSON, cut to one short line. */
export function shown(input: unknown): string {
  const text = JSON.stringify(input) ?? String(input);
  return text.length <= 80 ? text : `${text.slice(0, 77)}…`;
}

/** The one form of every complaint: what is needed here, and what was found. */
export function needs(what: string, input: unknown): string {
  if (input === undefined) return `is missing: needs ${what}`;
  if (input === null) return `is empty: needs ${what}`;
  return `must be ${what}: got ${shown(input)}`;
}

function quantity(what: string, examples: readonly string[], units: readonly [string, string], pattern: string, parse: (text: string) => number | undefined) {
  const example = (): string => new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(examples);
  const wanted = (input: unknown): string =>
    typeof input === 'number' ? `needs a unit: got ${input}, write for example ${input}${units[0]} or ${input}${units[1]}` : needs(`${what}, for example ${example()}`, input);
  return z
    .string({ error: (issue) => wanted(issue.input) })
    .regex(new RegExp(pattern), { error: (issue) => wanted(issue.input), abort: true })
    .transform((text, context) => {
      const value = parse(text);
      if (value !== undefined) return value;
      context.addIssue({ code: 'custom', message: wanted(text) });
      return z.NEVER;
    })
    .meta({ title: what.replace(/^an? /, ''), examples: [...examples] });
}

const AMOUNT = String.raw`(\d+(\.\d+)?|\.\d+)`;

/** → milliseconds */
export const durationMs = quantity('a duration', ['200ms', '15s', '10m'], ['s', 'ms'], `^(${AMOUNT}(us|µs|μs|ms|s|min|m|h|d))+$`, parseDurationMs);
const wantedShare = (input: unknown): string =>
  typeof input === 'number' ? `needs a unit: got ${input}, write for example ${input}%` : needs('a percentage from 0% to 100%, for example 1%', input);
/** → share of one: 1% is 0.01 */
export const share = z
  .string({ error: (issue) => wantedShare(issue.input) })
  .regex(new RegExp(`^${AMOUNT}%$`), { error: (issue) => wantedShare(issue.input), abort: true })
  .transform((text, context) => {
    const value = parseShare(text);
    if (value !== undefined && value <= 1) return value;
    context.addIssue({ code: 'custom', message: wantedShare(text) });
    return z.NEVER;
  })
  .meta({ title: 'percentage', examples: ['1%'] });
/** → bytes */
export const bytes = quantity('a size', ['5MB', '64KiB'], ['MB', 'B'], `^${AMOUNT}([kKMGT]i?B|B)$`, parseBytes);
/** → bits per second */
export const bitsPerSecond = quantity('a bit rate', ['2Mbit/s', '800k'], ['Mbit/s', 'k'], `^${AMOUNT}([kMG]|[kMG]?(bit/s|b/s))$`, parseBitsPerSecond);

const wantedRate = (input: unknown): string => needs('a rate above 0, for example 50/s or 3000/m', input);
/** A rate: `50` or `50/s`, `3000/m`, `500/d` → per second. */
export const ratePerSecond = z
  .union([z.number(), z.string().regex(new RegExp(`^${AMOUNT}/(s|min|m|h|d)$`), { error: (issue) => wantedRate(issue.input) })], { error: (issue) => wantedRate(issue.input) })
  .transform((input, context) => {
    const value = typeof input === 'number' ? input : parseRatePerSecond(input);
    if (value !== undefined && value > 0) return value;
    context.addIssue({ code: 'custom', message: wantedRate(input) });
    return z.NEVER;
  })
  .meta({ title: 'rate', examples: ['50/s', '3000/m'] });

/** A whole number of things within bounds. */
export function count(min: number, max: number) {
  const error = (issue: { input?: unknown }): string => needs(`a whole number from ${min} to ${max.toLocaleString('en-US')}`, issue.input);
  return z.number({ error }).int({ error, abort: true }).min(min, { error, abort: true }).max(max, { error });
}

const wantedName = (issue: { input?: unknown }): string => needs('a name of lower-case letters, digits and dashes, at most 64 long', issue.input);
/** A name that can be used in file names, metric labels and on the command line. */
export const name = z.string({ error: wantedName }).regex(/^[a-z0-9][a-z0-9-]{0,63}$/, { error: wantedName }).meta({ title: 'name' });
