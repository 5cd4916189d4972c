import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineSplitter, MAX_LINE_CHARACTERS, Tail } from '../../../src/host/lines.ts';

const split = (chunks: readonly string[]): string[] => {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line));
  chunks.forEach((chunk) => splitter.push(chunk));
  splitter.end();
  return lines;
};

describe('LineSplitter', () => {
  it('ends lines at \\n, \\r\\n and \\r, and gives a last line without one', () => {
    expect(split(['a\nb\r\nc\rd'])).toEqual(['a', 'b', 'c', 'd']);
    expect(split(['a\r', '\nb'])).toEqual(['a', 'b']);
    expect(split(['a\r', '', '\nb'])).toEqual(['a', 'b']);
    expect(split(['a\n\nb\n'])).toEqual(['a', '', 'b']);
  });

  it('gives the same lines wherever the chunks are cut', () => {
    const text = fc.array(fc.constantFrom('\r', '\n', 'x', 'é', '😀', ' '), { maxLength: 40 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, fc.array(fc.nat(40), { maxLength: 8 }), (whole, cuts) => {
        const ends = [...cuts.map((cut) => Math.min(cut, whole.length)).sort((a, b) => a - b), whole.length];
        const chunks = ends.map((end, index) => whole.slice(ends[index - 1] ?? 0, end));
        expect(split(chunks)).toEqual(split([whole]));
      }),
    );
  });

  it('cuts a line that never ends, and is back in step at the next one', () => {
    const lines = split([...Array.from({ length: 50 }, () => 'x'.repeat(10_000)), '\nnext\n']);
    expect(lines.map((line) => line.length)).toEqual([MAX_LINE_CHARACTERS, 4]);
  });
});

describe('Tail', () => {
  it('keeps the end', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 30 })), fc.integer({ min: 1, max: 20 }), (chunks, limit) => {
        const tail = new Tail(limit);
        chunks.forEach((chunk) => tail.push(chunk));
        expect(tail.text()).toBe(chunks.join('').slice(-limit));
      }),
    );
  });
});
