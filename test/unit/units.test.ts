import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bitsPerSecond, bytes, count, durationMs, name, ratePerSecond, share } from '../../src/fields.ts';
import { formatBytes, formatMs, formatNumber, formatShare, parseBitsPerSecond, parseBytes, parseDurationMs, parseRatePerSecond, parseShare } from '../../src/units.ts';

const parsers = { parseDurationMs, parseRatePerSecond, parseShare, parseBytes, parseBitsPerSecond };

describe('quantities as people write them', () => {
  it.each([
    ['200ms', 200],
    ['50us', 0.05],
    ['50µs', 0.05],
    ['1.5s', 1_500],
    ['.5s', 500],
    ['1h30m', 5_400_000],
    ['2min', 120_000],
    ['1d', 86_400_000],
    ['1.005s', 1_005],
  ])('the duration %s is %d ms', (text, ms) => expect(parseDurationMs(text)).toBe(ms));

  it.each([
    [parseRatePerSecond('3000/m'), 50],
    [parseRatePerSecond('86400/d'), 1],
    [parseShare('1%'), 0.01],
    [parseShare('0.3%'), 0.003],
    [parseBytes('64KiB'), 65_536],
    [parseBytes('5MB'), 5_000_000],
    [parseBytes('1.1kB'), 1_100],
    [parseBytes('100B'), 100],
    [parseBitsPerSecond('2Mbit/s'), 2_000_000],
    [parseBitsPerSecond('800k'), 800_000],
    [parseBitsPerSecond('9600b/s'), 9_600],
  ])('%d', (actual, expected) => expect(actual).toBe(expected));

  it.each(['', ' ', '5', '-5s', '5 s', '1e3s', 's', '5S', '1,5s', '5sx', '٥s', '5s\n'])('%j is no quantity of any kind', (text) => {
    for (const parse of Object.values(parsers)) expect(parse(text)).toBeUndefined();
  });

  it('takes any text and yields a finite number, zero or more, or nothing', () => {
    const texts = fc.oneof(fc.string(), fc.stringMatching(/^[0-9.]{0,400}(us|ms|s|m|h|d|%|\/s|\/d|B|kB|TiB|k|Mbit\/s)$/));
    fc.assert(
      fc.property(texts, (text) => {
        for (const parse of Object.values(parsers)) {
          const value = parse(text);
          expect(value === undefined || (Number.isFinite(value) && value >= 0)).toBe(true);
        }
      }),
    );
  });

  it('reads a decimal figure as exactly what it says', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000_000 }), (thousandths) => {
        expect(parseDurationMs(`${(thousandths / 1_000).toFixed(3)}s`)).toBe(thousandths);
        expect(parseBytes(`${(thousandths / 1_000).toFixed(3)}kB`)).toBe(thousandths);
      }),
    );
  });

  it('adds the parts of a duration', () => {
    const part = fc.tuple(fc.integer({ min: 0, max: 999 }), fc.constantFrom('us', 'ms', 's', 'm', 'h', 'd'));
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (parts) => {
        const texts = parts.map(([amount, unit]) => `${amount}${unit}`);
        const sum = texts.reduce((total, text) => total + (parseDurationMs(text) ?? Number.NaN), 0);
        expect(Math.abs((parseDurationMs(texts.join('')) ?? Number.NaN) - sum)).toBeLessThanOrEqual(sum * 1e-12);
      }),
    );
  });
});

describe('figures for people', () => {
  it.each([
    [formatNumber(0), '0'],
    [formatNumber(-0.2), '-0.2'],
    [formatNumber(-0), '0'],
    [formatNumber(12_345.6), '12,346'],
    [formatNumber(99.96), '100'],
    [formatNumber(9.996), '10.0'],
    [formatNumber(0.03456), '0.035'],
    [formatNumber(Number.NaN), 'NaN'],
    [formatMs(0.35), '0.35 ms'],
    [formatMs(999.7), '1.00 s'],
    [formatMs(1_500), '1.50 s'],
    [formatMs(59_990), '1 min'],
    [formatMs(90_000), '1 min 30 s'],
    [formatMs(7_200_000), '2 h'],
    [formatShare(0.0123), '1.23 %'],
    [formatBytes(999_700), '1.00 MB'],
    [formatBytes(12), '12 B'],
  ])('%s', (actual, expected) => expect(actual).toBe(expected));

  it('stays within half a percent of the value, whatever its size', () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 1e12, noNaN: true }), (value) => {
        const read = Number(formatNumber(value).replaceAll(',', ''));
        expect(Math.abs(read / value - 1)).toBeLessThanOrEqual(0.0051);
      }),
    );
  });
});

describe('fields say what was found and what would be right', () => {
  const said = (schema: { safeParse(input: unknown): { error?: { issues: { message: string }[] } | undefined } }, input: unknown) =>
    schema.safeParse(input).error?.issues.map((issue) => issue.message);

  it('in one sentence each', () => {
    expect([
      said(durationMs, 15),
      said(durationMs, 'soon'),
      said(durationMs, undefined),
      said(durationMs, null),
      said(share, 5),
      said(share, '150%'),
      said(bytes, '5 MB'),
      said(bytes, 5),
      said(bitsPerSecond, '2'),
      said(ratePerSecond, 0),
      said(ratePerSecond, '50'),
      said(ratePerSecond, ['50/s']),
      said(count(1, 1_000), 1.5),
      said(count(1, 1_000), 0),
      said(count(1, 1_000), '10'),
      said(name, 'Über Name'),
      said(name, 'x'.repeat(100)),
    ]).toMatchInlineSnapshot(`
      [
        [
          "needs a unit: got 15, write for example 15s or 15ms",
        ],
        [
          "must be a duration, for example 200ms, 15s or 10m: got "soon"",
        ],
        [
          "is missing: needs a duration, for example 200ms, 15s or 10m",
        ],
        [
          "is empty: needs a duration, for example 200ms, 15s or 10m",
        ],
        [
          "needs a unit: got 5, write for example 5%",
        ],
        [
          "must be a percentage from 0% to 100%, for example 1%: got "150%"",
        ],
        [
          "must be a size, for example 5MB or 64KiB: got "5 MB"",
        ],
        [
          "needs a unit: got 5, write for example 5MB or 5B",
        ],
        [
          "must be a bit rate, for example 2Mbit/s or 800k: got "2"",
        ],
        [
          "must be a rate above 0, for example 50/s or 3000/m: got 0",
        ],
        [
          "must be a rate above 0, for example 50/s or 3000/m: got "50"",
        ],
        [
          "must be a rate above 0, for example 50/s or 3000/m: got ["50/s"]",
        ],
        [
          "must be a whole number from 1 to 1,000: got 1.5",
        ],
        [
          "must be a whole number from 1 to 1,000: got 0",
        ],
        [
          "must be a whole number from 1 to 1,000: got "10"",
        ],
        [
          "must be a name of lower-case letters, digits and dashes, at most 64 long: got "Über Name"",
        ],
        [
          "must be a name of lower-case letters, digits and dashes, at most 64 long: got "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…",
        ],
      ]
    `);
  });
});
