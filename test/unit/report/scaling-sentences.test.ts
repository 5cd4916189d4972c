import { describe, expect, it } from 'vitest';
import { analyseScaling, type SeenRound } from '../../../src/capacity/scaling/analyse.ts';
import { throughputAt, type Law } from '../../../src/capacity/scaling/law.ts';
import { seededRandom } from '../../../src/random.ts';
import type { ScalingRecord } from '../../../src/record/scaling.ts';
import { lawSentences, roundSentences, scalingHeadline } from '../../../src/report/capacity/scaling-sentences.ts';
import { scalingView } from '../../../src/report/capacity/scaling-view.ts';
import { scalingRecord } from '../../support/capacity-records.ts';

interface Given {
  law?: Law;
  /** What was different in a round. */
  change?: (seen: SeenRound) => Partial<SeenRound>;
  fitted?: boolean;
}

/** Requests to a service that follows a law, three rounds of each level. */
function requests({ law = { sigma: 0.1, kappa: 0, lambda: 100 }, change = () => ({}), fitted = false }: Given): ScalingRecord {
  const seen = [0, 1, 2].flatMap((round) =>
    [1, 2, 4, 8, 16, 32].map((concurrency): SeenRound => {
      const throughputPerSecond = throughputAt(law, concurrency);
      const each: SeenRound = { concurrency, round, throughputPerSecond, residenceMs: (1_000 * concurrency) / throughputPerSecond, p95Ms: null, inFlight: concurrency, failedShare: 0, machineBusy: null, unfit: null };
      return { ...each, ...change(each) };
    }),
  );
  return { ...scalingRecord(), workloadKind: 'http', notMeasured: [], options: { levels: [1, 2, 4, 8, 16, 32], rounds: 3 }, series: [analyseScaling('', seen, seededRandom(1), !fitted)] };
}

const lawOf = (record: ScalingRecord): string => record.series.flatMap((series) => lawSentences(series, record)).join(' ');

describe('a scaling in words', () => {
  it('throughput that only falls is highest for one alone, in the headline and in the law', () => {
    const record = requests({ law: { sigma: 1.5, kappa: 0, lambda: 100 }, change: ({ concurrency }) => (concurrency === 32 ? { throughputPerSecond: 68.5, residenceMs: 32_000 / 68.5 } : {}), fitted: true });
    expect(scalingHeadline(record).sentence).toBe('100/s at 1 at once, the highest of 6 levels; more gains nothing');
    expect(lawOf(record)).toMatch(
      /^Contention \(σ\) 14\d % \(95 % interval 14\d % to 1\d\d %\): above 100 % more at once are slower together than one alone\. Coherence \(κ\) 0: more at once do not slow each other down beyond that\. Highest throughput [\d.]+\/s at 1 at once \(95 % interval 1 to 1\); above that more at once are slower together\.$/,
    );
  });

  it('a service that does one thing at a time is not said to fall, on whichever side of 1 noise puts its contention', () => {
    const noise = ({ concurrency, round, throughputPerSecond }: SeenRound): Partial<SeenRound> => ({ throughputPerSecond: (throughputPerSecond ?? 0) * (0.95 + 0.05 * round) * (concurrency === 32 ? 1.002 : 1), inFlight: null });
    const record = requests({ law: { sigma: 1.005, kappa: 0, lambda: 100 }, change: noise, fitted: true });
    const [series] = record.series;
    expect(series?.fit.type === 'fitted' && series.fit.sigma.value > 1 && series.fit.sigma.low < 1).toBe(true);
    expect(lawOf(record)).toContain('that share of the work is done one at a time');
    expect(lawOf(record)).toMatch(/at 1 at once \(95 % interval 1 to beyond what is claimed\); more at once gain nothing\.$/);
  });

  it('failures in rounds that count are told', () => {
    const record = requests({ change: ({ concurrency, round }) => ({ failedShare: concurrency === 16 && round === 1 ? 0.031 : concurrency === 2 ? 0.01 : 0 }) });
    expect(roundSentences(record)).toContain('Of rounds that count up to 3.10 % of the requests failed (16 at once): the throughput is of the others.');
    expect(roundSentences(requests({})).join(' ')).not.toContain('failed');
  });

  it('rounds that say nothing are no part of how far off Little’s law was', () => {
    const record = requests({ change: ({ concurrency, round }) => (concurrency === 32 ? { residenceMs: 1, unfit: '98 % of 15,000 requests failed' } : concurrency === 16 && round > 0 ? { unfit: 'The generator was busy.' } : {}) });
    expect(roundSentences(record)).toEqual([
      "Little's law (throughput × time = number under way) was checked in 13 rounds: at most 0.0 % off.",
      '5 rounds of 18 do not count. 16 at once, round 2: The generator was busy. 32 at once, round 1: 98 % of 15,000 requests failed.',
    ]);
    expect(scalingView(record).tables[0]?.rows.at(-1)).toEqual(['32', '–', '–', '–', '–', '–', '–', '0/3', '']);
  });

  it('rounds too short to count how many were under way are said not to be checked', () => {
    expect(roundSentences(requests({ change: () => ({ inFlight: null }) }))).toEqual([
      "Little's law (throughput × time = number under way) was not checked in 18 rounds: how many were under way was not counted, which takes rounds of 2 s (--trial).",
    ]);
  });
});
