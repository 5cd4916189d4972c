import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { atPointer } from '../../../../src/load/json-pointer.ts';
import { fill, type Variables } from '../../../../src/load/template.ts';
import { jsonTemplateOf, referencesIn, templateOf } from '../../../../src/workloads/http/template.ts';
import type { Json } from '../../../../src/load/json-pointer.ts';
import { ANY_CODE_POINT } from '../../../support/any-text.ts';

/** Put in at once, and put in later: both ways must give the same. */
function both(make: (names: { known: Variables; later: Set<string> }) => ReturnType<typeof templateOf>, variables: Variables): string {
  const later = fill(make({ known: {}, later: new Set(Object.keys(variables)) }), variables);
  expect(make({ known: variables, later: new Set() })).toBe(later);
  return later;
}
const fillText = (text: string, variables: Variables): string => both((names) => templateOf(text, 'text', names), variables);
const fillPath = (text: string, variables: Variables): string => both((names) => templateOf(text, 'path', names), variables);
const fillJson = (value: Json, variables: Variables): unknown => JSON.parse(both((names) => jsonTemplateOf(value, names), variables));

describe('atPointer', () => {
  // The examples of RFC 6901, section 5.
  const document = { foo: ['bar', 'baz'], '': 0, 'a/b': 1, 'c%d': 2, 'e^f': 3, 'g|h': 4, 'i\\j': 5, 'k"l': 6, ' ': 7, 'm~n': 8 };

  it.each([
    ['', document],
    ['/foo', ['bar', 'baz']],
    ['/foo/0', 'bar'],
    ['/', 0],
    ['/a~1b', 1],
    ['/c%d', 2],
    ['/e^f', 3],
    ['/g|h', 4],
    ['/i\\j', 5],
    ['/k"l', 6],
    ['/ ', 7],
    ['/m~0n', 8],
  ])('%s', (pointer, value) => {
    expect(atPointer(document, pointer)).toEqual(value);
  });

  it.each(['/none', '/foo/2', '/foo/00', '/foo/-', '/foo/length', '/toString', 'foo', '/foo/0/1'])('%s leads nowhere', (pointer) => {
    expect(atPointer(document, pointer)).toBeUndefined();
  });
});

describe('captured values', () => {
  it('fill texts, and leave what is not theirs', () => {
    expect(fillText('Bearer ${token} ${other} $5 {x}', { token: 'abc' })).toBe('Bearer abc ${other} $5 {x}');
    expect(fillText('${n}/${list}', { n: 5, list: [1] })).toBe('5/[1]');
    expect(fillText('${a}', { a: '$& ${b}', b: 'no' })).toBe('$& ${b}');
  });

  it('fill JSON with their own type where they stand alone', () => {
    expect(fillJson({ id: '${id}', deep: [{ name: 'job ${id}' }], n: 1, none: null }, { id: 7 })).toEqual({ id: 7, deep: [{ name: 'job 7' }], n: 1, none: null });
    expect(fillJson('${id}', { id: { a: 1 } })).toEqual({ a: 1 });
  });

  it('fill paths so that any value makes a valid one', () => {
    expect(fillPath('/v/${id}?x=1', { id: 'a b/c' })).toBe('/v/a%20b/c?x=1');
    fc.assert(
      fc.property(fc.string({ unit: ANY_CODE_POINT }), (id) => {
        expect(fillPath('/v/${id}', { id })).toMatch(/^\/v\/[\x21-\x22\x24-\x7e]*$/);
      }),
      { numRuns: 50 },
    );
    expect(fillPath('/${id}', { id: '\ud800' })).toBe('/%EF%BF%BD');
  });

  it('are found wherever they are used', () => {
    expect(referencesIn({ a: '${x}', b: ['${y}${x}', 1, null] })).toEqual(['x', 'y', 'x']);
    expect(referencesIn('${secret.X} ${env.Y:-z}')).toEqual([]);
  });
});
