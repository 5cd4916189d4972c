import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layOut } from '../../../src/report/columns.ts';
import { displayWidth, pad, plain, truncate, wrap } from '../../../src/report/text.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 80 }).map(plain);

describe('text on a terminal', () => {
  it('plain text has no escape sequences and no control characters', () => {
    expect(plain('\u001b[31mred\u001b[0m\u0007 a\r\nb\u202Ec')).toBe('red a bc');
    expect(plain(plain('a\u0000b\u2028c'))).toBe('a b c');
  });

  it('counts columns, not code units', () => {
    expect(displayWidth('視頻')).toBe(4);
    expect(displayWidth('e\u0301')).toBe(1);
    expect(displayWidth('\u001b[31mred\u001b[0m')).toBe(3);
  });

  it('truncate never exceeds the width and keeps what fits', () => {
    fc.assert(fc.property(text, fc.integer({ min: 1, max: 90 }), (line, width) => {
      const cut = truncate(line, width);
      expect(displayWidth(cut)).toBeLessThanOrEqual(width);
      if (displayWidth(line) <= width) expect(cut).toBe(line);
    }));
  });

  it('wrap keeps every word and the width', () => {
    fc.assert(fc.property(text, fc.integer({ min: 2, max: 90 }), (line, width) => {
      const lines = wrap(line, width);
      for (const each of lines) expect(displayWidth(each)).toBeLessThanOrEqual(width);
      expect(lines.join('').replaceAll(' ', '')).toBe(line.replaceAll(' ', ''));
    }));
  });

  it('pad fills to the width', () => {
    expect(pad('a', 3)).toBe('a  ');
    expect(pad('視', 3, 'right')).toBe(' 視');
  });
});

describe('columns', () => {
  it('line up, numbers to the right', () => {
    const { heading, lines } = layOut([{ title: 'name' }, { title: 'n', align: 'right' }], [['a', '10'], ['long', '7']], 80);
    expect([heading, ...lines]).toEqual(['name   n', 'a     10', 'long   7']);
  });

  it('the least wanted column goes first, then the first one is cut', () => {
    const columns = [{ title: 'name' }, { title: 'extra', keep: 1 }, { title: 'figure', align: 'right' as const }];
    expect(layOut(columns, [['a name that is far too long', 'extra', '12.5']], 24).lines).toEqual(['a name that is…     12.5']);
  });

  it('paints a cell without moving its neighbours', () => {
    const paint = (cell: string): string => `\u001b[31m${cell}\u001b[0m`;
    const [line = ''] = layOut([{ title: 'name' }, { title: 'n', align: 'right' }, { title: 'x' }], [['a', { text: '$&', paint }, 'b']], 80).lines;
    expect(stripVTControlCharacters(line)).toBe('a     $&  b');
  });
});
