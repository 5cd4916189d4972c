import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asReference, asScalar, captureNames, finish, pieces, resolve } from '../../../src/scenario/interpolate.ts';

const put = (text: string, env: Record<string, string> = {}): string => finish(resolve(text, env).marked, (name) => env[name] ?? asReference(name));

describe('references in text', () => {
  it.each([
    ['plain', 'plain'],
    ['${env.A}', 'a'],
    ['x${env.A}y${env.A}', 'xaya'],
    ['${env.NONE:-fallback}', 'fallback'],
    ['${env.NONE:-}', ''],
    ['${env.EMPTY:-fallback}', 'fallback'],
    ['${env.EMPTY}', ''],
    ['${env.URL:-http://localhost:8080/a:-b}', 'http://localhost:8080/a:-b'],
    ['Bearer ${secret.A}', 'Bearer a'],
    ['${id}/${env.A}', '${id}/a'],
    ['$${env.A}', '${env.A}'],
    ['$${secret.A}', '${secret.A}'],
    ['$$${env.A}', '$${env.A}'],
    ['$5 and {x}', '$5 and {x}'],
    // What the environment holds is text: it is not read again.
    ['${env.NESTED}', '${secret.A} ${id}'],
  ])('%s → %s', (text, expected) => expect(put(text, { A: 'a', EMPTY: '', NESTED: '${secret.A} ${id}' })).toBe(expected));

  it('keeps secrets out of the marked text', () => {
    const resolved = resolve('${secret.TOKEN} ${env.A:-x}', { TOKEN: 'hunter2' });
    expect(resolved.marked).not.toContain('hunter2');
    expect(resolved.secrets).toEqual([{ name: 'TOKEN', value: 'hunter2' }]);
    expect(finish(resolved.marked, asReference)).toBe('${secret.TOKEN} x');
  });

  it('tells captured names from escaped look-alikes and from the environment', () => {
    expect(captureNames(resolve('${a}/$${b}/${env.C}/${secret.D}', { C: '${c}' }).marked)).toEqual({ used: ['a'], escaped: ['b', 'c'] });
  });

  const anyText = fc.array(fc.oneof(fc.constantFrom('$', '${', '}', '$${', 'env.', 'secret.', 'A', ':-', '${env.A}', '${secret.B}', '${c}', '\0', '<', '>'), fc.string({ maxLength: 5 }))).map((parts) => parts.join(''));

  it('loses no character of any text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(pieces(text).map(({ written }) => written).join('')).toBe(text);
      }),
    );
  });

  it('an escaped text comes out as it was, whatever it holds', () => {
    const withoutNul = anyText.map((text) => text.replaceAll('\0', ''));
    fc.assert(
      fc.property(withoutNul, (text) => {
        const escaped = text.replaceAll('${', () => '$${');
        expect(put(escaped, { A: 'a', B: 'b' })).toBe(text);
        expect(captureNames(resolve(escaped, {}).marked).used).toEqual([]);
      }),
    );
  });

  it('a value of the environment comes out as it is, in either form of reference', () => {
    const value = fc.string().filter((text) => text !== '' && !text.includes('\0'));
    fc.assert(
      fc.property(value, (text) => {
        expect(put('<${env.A}>', { A: text })).toBe(`<${text}>`);
        expect(put('<${secret.A}>', { A: text })).toBe(`<${text}>`);
      }),
    );
  });
});

describe('texts that are numbers too', () => {
  it.each([['50', 50], ['-1.5e3', -1500], ['.5', 0.5], ['true', true], ['FALSE', false], ['50/s', undefined], ['', undefined], ['0x10', undefined], ['1 ', undefined], ['null', undefined], ['.', undefined]])('%j → %j', (text, expected) =>
    expect(asScalar(text)).toBe(expected));
});
