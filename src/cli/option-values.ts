import { InvalidArgumentError } from 'commander';
import { parseDurationMs, parseRatePerSecond, parseShare } from '../units.ts';

/** What options take, each read once; a wrong value says what would be right. */

export function list(text: string): string[] {
  const names = text.split(',').map((part) => part.trim()).filter((part) => part !== '');
  if (names.length === 0) throw new InvalidArgumentError('Give at least one, separated by commas.');
  return names;
}

/** A file or folder. Empty is a variable of a CI that was not set, and would be the folder that bench runs in. */
export function path(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('It names nothing; is a variable in the command not set?');
  return text;
}

export function rate(text: string): number {
  const value = parseRatePerSecond(text) ?? Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('It must be a rate such as 50/s.');
  return value;
}

export function duration(text: string): number {
  const value = parseDurationMs(text);
  if (value === undefined || value < 200) throw new InvalidArgumentError('It must be a duration such as 5s, at least 200ms.');
  return value;
}

export function shareOption(text: string): number {
  const value = parseShare(text);
  if (value === undefined || value < 0.01 || value > 0.5) throw new InvalidArgumentError('It must be a share from 1% to 50%.');
  return value;
}

export function integer(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
    return value;
  };
}

/** `1,2,4,8`: whole numbers, separated by commas. */
export function integers(min: number, max: number): (text: string) => number[] {
  const one = integer(min, max);
  return (text) => list(text).map(one);
}
