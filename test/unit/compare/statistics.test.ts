import fc from 'fast-check';
import { median } from 'simple-statistics';
import { describe, expect, test } from 'vitest';
import { autocorrelation, effectiveCount } from '../../../src/compare/stats/autocorrelation.ts';
import { binomialCdf, shareInterval } from '../../../src/compare/stats/binomial.ts';
import { blockBootstrap, percentileInterval } from '../../../src/compare/stats/bootstrap.ts';
import { correlation, standardised } from '../../../src/compare/stats/correlation.ts';
import { fisherGreater } from '../../../src/compare/stats/fisher.ts';
import { mannWhitneyCounts, oneSampleShift, twoSampleShift } from '../../../src/compare/stats/hodges-lehmann.ts';
import { holm } from '../../../src/compare/stats/holm.ts';
import { normalQuantile, normalTail } from '../../../src/compare/stats/normal.ts';
import { quantileRanks, samplesForQuantile } from '../../../src/compare/stats/order-statistics.ts';
import { predict, predictionTail, smallestDetectable, upperLimit } from '../../../src/compare/stats/prediction.ts';
import { EXACT_UP_TO, signedRank, signedRankCounts } from '../../../src/compare/stats/signed-rank.ts';
import { neededShift } from '../../../src/compare/stats/signed-rank-power.ts';
import { incompleteBeta, logGamma } from '../../../src/compare/stats/special.ts';
import { kurtosis, madSpread, medianVariance, variance, varianceWithin, widestSpread } from '../../../src/compare/stats/spread.ts';
import { tQuantile, tTail } from '../../../src/compare/stats/student-t.ts';
import { seededRandom } from '../../../src/random.ts';
import fixtures from './fixtures/statistics.json' with { type: 'json' };

/** Equal to `digits` significant digits. */
function close(actual: number, expected: number, digits = 9): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(Math.max(Math.abs(expected), 1e-300) * 10 ** -digits);
}
const [first, second, third, fourth, fifth] = [0, 1, 2, 3, 4].map((index) => (row: readonly number[]) => row[index] ?? Number.NaN) as [Pick, Pick, Pick, Pick, Pick];
type Pick = (row: readonly number[]) => number;

describe('against scipy', () => {
  test('distributions', () => {
    for (const row of fixtures.logGamma) expect(logGamma(first(row))).toBeCloseTo(second(row), 8);
    for (const row of fixtures.incompleteBeta) close(incompleteBeta(first(row), second(row), third(row)), fourth(row), 8);
    for (const row of fixtures.normalTail) close(normalTail(first(row)), second(row), 9);
    for (const row of fixtures.normalQuantile) expect(normalQuantile(first(row))).toBeCloseTo(second(row), 9);
    for (const row of fixtures.tTail) close(tTail(first(row), second(row)), third(row), 8);
    for (const row of fixtures.tQuantile) close(tQuantile(first(row), second(row)), third(row), 7);
    for (const row of fixtures.binomialCdf) close(binomialCdf(first(row), second(row), third(row)), fourth(row), 7);
  });

  test('intervals of shares and quantiles', () => {
    for (const row of fixtures.shareInterval) {
      const { low, high } = shareInterval(first(row), second(row), 0.95);
      expect(low).toBeCloseTo(third(row), 8);
      expect(high).toBeCloseTo(fourth(row), 8);
    }
    for (const [n, q, low, high] of fixtures.quantileRanks) expect([n, q, quantileRanks(n ?? 0, q ?? 0, 0.95)]).toEqual([n, q, { low, high }]);
    expect([samplesForQuantile(0.5, 0.95), samplesForQuantile(0.95, 0.95), samplesForQuantile(0.99, 0.95)]).toEqual([5, 59, 299]);
  });

  test('signed-rank: exact, with ties and zeros, and normal', () => {
    for (const { d, statistic, p, method } of fixtures.signedRank) {
      const found = signedRank(d);
      expect([found.statistic, found.method]).toEqual([statistic, method]);
      close(found.pGreater, p, 8);
    }
  });

  test('Hodges-Lehmann shifts and their intervals', () => {
    for (const { x, estimate, low, high } of fixtures.oneSampleShift) expect(oneSampleShift(x, 0.95)).toEqual({ estimate: expect.closeTo(estimate, 9) as number, low: low === null ? null : (expect.closeTo(low, 9) as number), high: high === null ? null : (expect.closeTo(high, 9) as number) });
    for (const { from, to, estimate, low, high } of fixtures.twoSampleShift) expect(twoSampleShift(from, to, 0.95)).toEqual({ estimate: expect.closeTo(estimate, 9) as number, low: low === null ? null : (expect.closeTo(low, 9) as number), high: high === null ? null : (expect.closeTo(high, 9) as number) });
  });

  test('Hodges-Lehmann intervals beyond the exact counts', () => {
    for (const { x, estimate, low, high } of fixtures.normalCut.one) {
      expect(x.length).toBeGreaterThan(EXACT_UP_TO);
      expect(oneSampleShift(x, 0.95)).toEqual({ estimate: expect.closeTo(estimate, 9) as number, low: expect.closeTo(low, 9) as number, high: expect.closeTo(high, 9) as number });
    }
    for (const { from, to, estimate, low, high } of fixtures.normalCut.two) expect(twoSampleShift(from, to, 0.95)).toEqual({ estimate: expect.closeTo(estimate, 9) as number, low: expect.closeTo(low, 9) as number, high: expect.closeTo(high, 9) as number });
  });

  test('weighted Holm is the closed test of all intersections', () => {
    for (const [p = [], weights = [], adjusted = []] of fixtures.weightedHolm) holm(p, weights).forEach((each, index) => expect(each).toBeCloseTo(adjusted[index] ?? Number.NaN, 12));
  });

  test('independent values in correlated ones, shape, widest spread, percentiles, correlation', () => {
    for (const [x, count] of fixtures.effectiveCount as [number[], number][]) expect(effectiveCount(x)).toBeCloseTo(count, 8);
    for (const [x, shape] of fixtures.kurtosis as [number[], number][]) expect(kurtosis(x)).toBeCloseTo(shape, 9);
    expect(kurtosis([1, 1, 1])).toBeNull();
    for (const [x, spread] of fixtures.widestSpread as [number[], number][]) expect(widestSpread(x)).toBeCloseTo(spread, 9);
    for (const [x, confidence, low, high] of fixtures.percentileInterval as [number[], number, number, number][]) expect(percentileInterval(x, confidence)).toEqual({ low: expect.closeTo(low, 9) as number, high: expect.closeTo(high, 9) as number });
    for (const [x = [], y = [], r] of fixtures.correlation as [number[], number[], number][]) expect(correlation(standardised(x) ?? [], standardised(y) ?? [])).toBeCloseTo(r, 9);
    expect(standardised([2, 2])).toBeNull();
  });

  test('Holm, Fisher, spread, prediction, autocorrelation', () => {
    for (const [p, adjusted] of fixtures.holm) holm(p ?? []).forEach((each, index) => expect(each).toBeCloseTo(adjusted?.[index] ?? Number.NaN, 12));
    for (const row of fixtures.fisher) close(fisherGreater(first(row), second(row), third(row), fourth(row)), fifth(row), 8);
    for (const row of fixtures.fisherLarge) close(fisherGreater(first(row), second(row), third(row), fourth(row)), fifth(row), 7);
    for (const { x, spread } of fixtures.mad) close(madSpread(x), spread, 8);
    for (const row of fixtures.predictionTail) close(predictionTail(predict(1, 0.2, 12, 1 / 5), first(row)), second(row), 8);
    fixtures.autocorrelation.acf.forEach((expected, lag) => expect(autocorrelation(fixtures.autocorrelation.x, lag)).toBeCloseTo(expected, 10));
  });
});

const sample = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 1, maxLength: 20 });
const open01 = fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true });

describe('properties', () => {
  test('quantile functions invert their distributions', () => {
    fc.assert(fc.property(open01, fc.double({ min: 0.5, max: 200, noNaN: true }), (p, df) => {
      expect(1 - tTail(tQuantile(p, df), df)).toBeCloseTo(p, 6);
      expect(1 - normalTail(normalQuantile(p))).toBeCloseTo(p, 8);
    }));
  });

  test('signed-rank: every pattern is counted, and the tails of x and −x meet', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 14 }), (differences) => {
      const [up, down] = [signedRank(differences), signedRank(differences.map((each) => -each))];
      expect(up.pGreater + down.pGreater).toBeGreaterThanOrEqual(1);
      expect(up.pLess).toBeCloseTo(down.pGreater, 12);
      expect(up.statistic + down.statistic).toBe((up.n * (up.n + 1)) / 2);
    }));
    expect(signedRankCounts([1, 2, 3]).reduce((sum, count) => sum + count, 0)).toBe(8);
    expect(mannWhitneyCounts(4, 5).reduce((sum, count) => sum + count, 0)).toBe(126);
  });

  test('shifts move with the data and lie in their interval', () => {
    fc.assert(fc.property(sample, sample, fc.integer({ min: -50, max: 50 }), (from, to, by) => {
      const [here, there] = [twoSampleShift(from, to, 0.95), twoSampleShift(from, to.map((each) => each + by), 0.95)];
      expect(there.estimate - here.estimate).toBeCloseTo(by, 6);
      const one = oneSampleShift(from, 0.95);
      expect(one.low ?? -Infinity).toBeLessThanOrEqual(one.estimate);
      expect(one.high ?? Infinity).toBeGreaterThanOrEqual(one.estimate);
    }));
  });

  test('Holm never lowers a p-value, keeps their order, and is at most Bonferroni', () => {
    fc.assert(fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 30 }), (ps) => {
      const adjusted = holm(ps);
      ps.forEach((p, i) => {
        expect(adjusted[i]).toBeGreaterThanOrEqual(p);
        expect(adjusted[i]).toBeLessThanOrEqual(Math.min(1, p * ps.length) + 1e-12);
        ps.forEach((other, j) => { if (p < other) expect(adjusted[i]).toBeLessThanOrEqual(adjusted[j] ?? 0); });
      });
    }));
  });

  test('an interval of a share holds the share, and narrows with n', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 5_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, part) => {
      const k = Math.floor(part * n);
      const { low, high } = shareInterval(k, n, 0.95);
      expect(low).toBeLessThanOrEqual(k / n);
      expect(high).toBeGreaterThanOrEqual(k / n);
      const wider = shareInterval(k * 4, n * 4, 0.95);
      expect(wider.high - wider.low).toBeLessThanOrEqual(high - low + 1e-9);
    }));
  });

  test('a prediction holds new values as often as it says (seeded simulation)', () => {
    const random = seededRandom(11);
    const normal = (): number => normalQuantile(Math.min(1 - 1e-12, Math.max(1e-12, random())));
    let over = 0;
    for (let run = 0; run < 2_000; run += 1) {
      const stored = Array.from({ length: 6 }, normal);
      const mean = stored.reduce((sum, value) => sum + value, 0) / stored.length;
      if (normal() > upperLimit(predict(mean, Math.sqrt(variance(stored)), 5, 1 / 6), 0.9)) over += 1;
    }
    expect(over / 2_000).toBeGreaterThan(0.08);
    expect(over / 2_000).toBeLessThan(0.12);
  });

  test('the smallest detectable effect grows with the spread and shrinks with the count', () => {
    const at = (spread: number, count: number): number => smallestDetectable(predict(0, spread, 8, 1 / count), 0.01, 0.8);
    expect(at(0.2, 3)).toBeCloseTo(2 * at(0.1, 3), 9);
    expect(at(0.1, 20)).toBeLessThan(at(0.1, 1));
    // Where the smallest change that counts is the higher hurdle, that much is found half the time: the rest is for the power.
    const narrow = predict(0, 0.001, 8, 1 / 20);
    expect(smallestDetectable(narrow, 0.01, 0.8, 0.05)).toBeCloseTo(0.05 + tQuantile(0.8, 8) * narrow.error, 12);
    expect(smallestDetectable(narrow, 0.01, 0.5, 0.05)).toBe(0.05);
    // 20 sessions of 3 % spread and 20 metrics: 12-15 %.
    const twenty = Math.expm1(smallestDetectable(predict(0, 0.03, 19, 1 / 20), 0.01 / 20, 0.8));
    expect(twenty).toBeGreaterThan(0.12);
    expect(twenty).toBeLessThan(0.17);
  });

  test('the shift that a signed-rank test finds: exact where only one sign pattern is significant, and what simulation gives', () => {
    // 11 pairs at 0.0005: all must be positive, Φ(s)^11 = 0.95.
    expect(Math.abs(neededShift(11, 0.0005, 0.95) - normalQuantile(0.95 ** (1 / 11)))).toBeLessThan(0.1);
    const random = seededRandom(21);
    const found = Array.from({ length: 400 }, () => signedRank(Array.from({ length: 20 }, () => neededShift(20, 0.0005, 0.95) + normalQuantile(random()))).pGreater <= 0.0005).filter(Boolean).length;
    expect(Math.abs(found / 400 - 0.95)).toBeLessThan(0.03);
    expect(neededShift(5, 0.001, 0.8)).toBe(Infinity);
  });

  test('the variance of a median is what simulation gives', () => {
    const random = seededRandom(5);
    const normal = (): number => normalQuantile(Math.min(1 - 1e-12, Math.max(1e-12, random())));
    for (const n of [3, 5, 10]) {
      const medians = Array.from({ length: 3_000 }, () => median(Array.from({ length: n }, normal)));
      expect(variance(medians) / medianVariance(n)).toBeGreaterThan(0.9);
      expect(variance(medians) / medianVariance(n)).toBeLessThan(1.1);
    }
  });

  test('the block bootstrap is seeded, keeps the values, and covers the mean of correlated ones', () => {
    const random = seededRandom(3);
    const noise = Array.from({ length: 200 }, () => random() - 0.5);
    const correlated = noise.map((_, i) => noise.slice(Math.max(0, i - 4), i + 1).reduce((sum, value) => sum + value, 0));
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    const run = (blockLength: number): number[] => blockBootstrap(correlated, mean, { blockLength, resamples: 400, random: seededRandom(1) });
    expect(run(10)).toEqual(run(10));
    const [single, blocks] = [percentileInterval(run(1), 0.95), percentileInterval(run(10), 0.95)];
    expect(blocks.high - blocks.low).toBeGreaterThan(1.5 * (single.high - single.low));
    expect(effectiveCount(correlated)).toBeLessThan(100);
    expect(effectiveCount(noise)).toBeGreaterThan(100);
  });

  test('variance within groups ignores what is between them', () => {
    expect(varianceWithin([[1, 3], [101, 103], [7]])).toEqual({ variance: 2, df: 2 });
  });
});
