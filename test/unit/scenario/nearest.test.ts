import { expect, it } from 'vitest';
import { nearest, suggestion } from '../../../src/scenario/nearest.ts';
import { merge } from '../../../src/scenario/patch.ts';

it.each([
  ['raet', ['rate', 'model'], 'rate'],
  ['error_rate', ['errorRate', 'successRate'], 'errorRate'],
  ['DURATION', ['duration'], 'duration'],
  ['latencies', ['latency', 'service'], 'latency'],
  ['xyz', ['rate', 'model'], undefined],
  ['', ['rate'], undefined],
  ['a', ['b'], 'b'],
])('%s is nearest to %j: %s', (word, candidates, expected) => expect(nearest(word, candidates)).toBe(expected));

it('lists what there is where nothing is near', () => {
  expect([suggestion('raet', ['rate']), suggestion('xyz', ['rate', 'model']), suggestion('x', [])]).toEqual(['did you mean rate?', 'there are rate, model', 'there are none']);
});

it.each([
  [{ a: 1, b: { c: 2, d: 3 } }, { b: { c: 4 }, e: 5 }, { a: 1, b: { c: 4, d: 3 }, e: 5 }],
  [{ a: [1, 2] }, { a: [3] }, { a: [3] }],
  [{ load: { model: 'open', rate: 5 } }, { load: { rate: 6 } }, { load: { model: 'open', rate: 6 } }],
  [{ load: { model: 'open', rate: 5 } }, { load: { model: 'closed', connections: 1 } }, { load: { model: 'closed', connections: 1 } }],
  [{ a: { b: 1 } }, { a: 5 }, { a: 5 }],
  [{ a: 1 }, { a: null }, { a: null }],
])('%j patched by %j is %j', (base, patch, expected) => expect(merge(base, patch)).toEqual(expected));
