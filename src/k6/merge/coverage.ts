import { BenchError, EXIT } from '../../errors.ts';
import type { Finding } from '../../record/schema.ts';

/** Execution segments of a file, as k6 writes them: `1/4:1/2`, `0:1`. */
interface Named {
  file: string;
  segment: string;
}

/**
 * Whether the segments of the files make up the whole, each once. A part that is missing is a finding; one that is there
 * twice means files of two runs, a BenchError (2). Pure.
 */
export function coverage(files: readonly Named[], planned: number): Finding[] {
  const ranges = files.map(({ file, segment }) => ({ file, segment, ...rangeOf(segment) })).sort((a, b) => a.from - b.from);
  const tolerance = 1e-9;
  const missing: string[] = [];
  let reached = 0;
  let before: (typeof ranges)[number] | null = null;
  for (const range of ranges) {
    if (before !== null && range.from < before.to - tolerance) {
      throw new BenchError(EXIT.usage, `${before.file} (segment ${before.segment}) and ${range.file} (segment ${range.segment}) hold the same part of the load: they are of two runs`, { hint: 'Give the files of one run only, each once.' });
    }
    if (range.from > reached + tolerance) missing.push(`${shown(reached)} to ${shown(range.from)}`);
    reached = range.to;
    before = range;
  }
  if (reached < 1 - tolerance) missing.push(`${shown(reached)} to 100 %`);
  if (missing.length === 0) return [];
  return [
    {
      severity: 'invalid',
      code: 'k6-segment-missing',
      message: `${files.length} of ${planned} segments are there; the part of the load from ${missing.join(' and from ')} is missing.`,
      remedy: 'Collect the files of all segments, or run again: what is there is not the planned load.',
    },
  ];
}

function shown(share: number): string {
  return `${Number((share * 100).toFixed(2))} %`;
}

function rangeOf(segment: string): { from: number; to: number } {
  const parts = segment.split(':');
  const [from, to] = parts.length === 1 ? [0, fraction(parts[0] ?? '')] : [fraction(parts[0] ?? ''), fraction(parts[1] ?? '')];
  if (Number.isNaN(from) || Number.isNaN(to)) throw new BenchError(EXIT.usage, `the execution segment ${JSON.stringify(segment)} is none that k6 writes`, { hint: 'It is like 1/4:1/2.' });
  return { from, to };
}

function fraction(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(?:\/(\d+(?:\.\d+)?)|(%))?$/.exec(text.trim());
  if (match === null) return Number.NaN;
  return Number(match[1]) / (match[2] === undefined ? (match[3] === undefined ? 1 : 100) : Number(match[2]));
}
