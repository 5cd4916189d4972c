import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCsv } from '../../../../src/workloads/http/csv.ts';

const fieldsOf = (text: string) => {
  const parsed = parseCsv(text);
  return 'mistake' in parsed ? parsed : parsed.records.map(({ fields }) => fields);
};

describe('parseCsv', () => {
  it('reads what RFC 4180 describes, with the line each record begins on', () => {
    expect(fieldsOf('a,b\r\n"1, ""one""","two\r\nlines"\r\n')).toEqual([['a', 'b'], ['1, "one"', 'two\r\nlines']]);
    expect(parseCsv('a\n"x\ny"\n\nz')).toEqual({ records: [{ line: 1, fields: ['a'] }, { line: 2, fields: ['x\ny'] }, { line: 5, fields: ['z'] }] });
    expect(fieldsOf('\uFEFFa,,b\r,\n')).toEqual([['a', '', 'b'], ['', '']]);
    expect(fieldsOf('')).toEqual([]);
    expect(fieldsOf('""')).toEqual([['']]);
  });

  it('names the line of a mistake', () => {
    expect(fieldsOf('a\nb"c"\n')).toEqual({ mistake: { line: 2, message: 'a quote stands inside a field: write the whole field in quotes, and each quote in it twice' } });
    expect(fieldsOf('a\n"b\nc')).toEqual({ mistake: { line: 2, message: 'a quote is not closed' } });
    expect(fieldsOf('a\n"b" c\n')).toEqual({ mistake: { line: 2, message: 'text follows the closing quote of a field' } });
  });

  it('reads back whatever is written', () => {
    const quoted = (value: string): string => `"${value.replaceAll('"', '""')}"`;
    const plain = (value: string): string => (/^[^",\r\n\uFEFF]+$/.test(value) ? value : quoted(value));
    fc.assert(
      fc.property(fc.array(fc.array(fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', 'é') }), { minLength: 1, maxLength: 4 }), { maxLength: 6 }), fc.constantFrom('\n', '\r\n'), fc.boolean(), (records, end, always) => {
        const text = records.map((record) => record.map(always ? quoted : plain).join(',')).join(end);
        expect(fieldsOf(text)).toEqual(records);
      }),
      { numRuns: 200 },
    );
  });
});
