import { z } from 'zod';
import { parseBitsPerSecond, parseBytes, parseDurationMs, parseRatePerSecond, parseShare } from './units.ts';

/**
 * The kinds of value a scenario file can hold. Each takes the text a person writes and yields the number the code uses
 * (milliseconds, per second, share of one, bytes, bits per second); a wrong one says what was found and what would be right.
 */

const found = (input: unknown): string => (input === undefined ? 'nothing' : JSON.stringify(input));

function quantity(what: string, example: string, pattern: string, parse: (text: string) => number | undefined) {
  const wanted = (input: unknown): string =>
    typeof input === 'number' ? `needs a unit: got ${input}, write for example ${example}` : `must be ${what}, for example ${example}: got ${found(input)}`;
  return z
    .string({ error: (issue) => wanted(issue.input) })
    .regex(new RegExp(pattern), { error: (issue) => wanted(issue.input) })
    .transform((text, context) => {
      const value = parse(text);
      if (value !== undefined && Number.isFinite(value)) return value;
      context.addIssue({ code: 'custom', message: wanted(text) });
      return z.NEVER;
    });
}

const AMOUNT = String.raw`(\d+(\.\d+)?|\.\d+)`;

/** → milliseconds */
export const durationMs = quantity('a duration', '200ms, 15s or 10m', `^(${AMOUNT}(us|µs|μs|ms|s|min|m|h|d))+$`, parseDurationMs);
/** → share of one: 1% is 0.01 */
export const share = quantity('a percentage', '1%', `^${AMOUNT}%$`, parseShare);
/** → bytes */
export const bytes = quantity('a size', '5MB or 64KiB', `^${AMOUNT}([kKMGT]i?B|B)$`, parseBytes);
/** → bits per second */
export const bitsPerSecond = quantity('a bit rate', '2Mbit/s or 800k', `^${AMOUNT}([kMG]|[kMG]?(bit/s|b/s))$`, parseBitsPerSecond);

/** A rate: `50` or `50/s`, `3000/m`, `500/d` → per second. */
export const ratePerSecond = z
  .union([z.number(), z.string().regex(new RegExp(`^${AMOUNT}/(s|min|m|h|d)$`))], {
    error: (issue) => `must be a rate, for example 50/s or 3000/m: got ${found(issue.input)}`,
  })
  .transform((input, context) => {
    const value = typeof input === 'number' ? input : parseRatePerSecond(input);
    if (value !== undefined && value > 0 && Number.isFinite(value)) return value;
    context.addIssue({ code: 'custom', message: `must be a rate above 0: got ${found(input)}` });
    return z.NEVER;
  });

/** A whole number of things within bounds. */
export function count(min: number, max: number) {
  const wanted = `must be a whole number from ${min} to ${max.toLocaleString('en-US')}`;
  const error = (issue: { input?: unknown }): string => `${wanted}: got ${found(issue.input)}`;
  return z.number({ error }).int({ error }).min(min, { error }).max(max, { error });
}

/** A name that can be used in file names, metric labels and on the command line. */
export const name = z
  .string({ error: (issue) => `must be a name of lower-case letters, digits and dashes: got ${found(issue.input)}` })
  .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, { error: (issue) => `must be a name of lower-case letters, digits and dashes, at most 64 long: got ${found(issue.input)}` });
