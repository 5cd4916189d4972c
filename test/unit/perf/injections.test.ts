import { expect, it } from 'vitest';
import type { ComparisonResult } from '../../../src/record/schema.ts';
import { boundsOf, hitsOf, isWithheld, settled, tallyOf, type Hit, type Outcome } from '../../perf/gate/injections.ts';
import { encodeWorkload, record, scenario } from '../record/fixture.ts';

const result = (changes: Partial<ComparisonResult>): ComparisonResult => ({
  metric: 'encode.cpu{encoder=libx264}', verdict: 'inconclusive', unit: 'ms', baseline: 10_000, current: 11_500, change: 0.15, interval: null, pValue: 1, suspected: false, smallestDetectable: 0.2, sessions: 5, sentence: '', ...changes,
});
const injected = { hits: [{ workload: 'encode-30s', metric: 'encode.cpu{encoder=libx264}' }], share: () => 0.15 };
const outcome = (changes: Partial<ComparisonResult>, validity: 'valid' | 'invalid' = 'valid') => {
  const findings = validity === 'valid' ? [] : [{ severity: 'invalid' as const, code: 'environment-disturbed', message: '', remedy: '' }];
  return hitsOf(injected, record([scenario([encodeWorkload({ comparison: [result(changes)], validity: { status: validity, findings } })])]))[0]?.outcome;
};

it('an injected slow-down is caught, withheld, truly declared unseen, or missed', () => {
  expect(outcome({ verdict: 'regression' })).toBe('caught');
  expect(outcome({}, 'invalid')).toBe('withheld');
  expect(outcome({ smallestDetectable: 0.15 })).toBe('declared');
  expect(outcome({ smallestDetectable: 0.14 })).toBe('missed');
  expect(outcome({ verdict: 'same' })).toBe('missed');
  expect(outcome({ verdict: 'no-baseline', baseline: null, smallestDetectable: null })).toBe('missed');
  expect(hitsOf(injected, record([scenario([])]))[0]?.outcome).toBe('missed');
});

it('counts what a run in which nothing changed came to', () => {
  const tally = tallyOf(record([scenario([encodeWorkload({ comparison: [result({}), result({ verdict: 'regression' }), result({ verdict: 'advisory' })] })])]));
  expect(tally).toMatchObject({ compared: 2, inconclusive: 1, regressions: ['encode-30s/encode.cpu{encoder=libx264}'], invalid: [], disturbed: [] });
});

const hit = (metric: string, outcome: Outcome): Hit => ({ workload: 'encode-30s', metric, outcome, sessions: 5, injected: 0.15, change: 0.15, smallestDetectable: 0.2 });

it('what was withheld is settled by a run made again', () => {
  const [first, second] = [[hit('encode.cpu', 'caught'), hit('encode.wall', 'withheld')], [hit('encode.cpu', 'withheld'), hit('encode.wall', 'declared')]];
  expect([isWithheld(first), isWithheld([hit('encode.cpu', 'missed')])]).toEqual([true, false]);
  expect(settled([first, second]).map(({ outcome, run }) => [outcome, run])).toEqual([['caught', 0], ['declared', 1]]);
  expect(settled([[hit('encode.cpu', 'withheld')], [hit('encode.cpu', 'withheld')]])).toMatchObject([{ outcome: 'withheld', run: 1 }]);
});

it('the bounds are held by nothing less than no regression, and everything injected caught or declared', () => {
  const held = (regressions: string[], outcomes: Outcome[]): boolean[] => boundsOf([{ regressions: [], compared: 0 }, { regressions, compared: 3 }], outcomes).map((bound) => bound.held);
  expect(held([], ['caught', 'declared'])).toEqual([true, true]);
  expect(held(['a'], ['caught', 'withheld'])).toEqual([false, false]);
  expect(held([], ['missed'])).toEqual([true, false]);
  expect(boundsOf([], []).map((bound) => bound.held)).toEqual([false, false]);
});
