import { describe, expect, it } from 'vitest';
import { throughputAt } from '../../../src/capacity/scaling/law.ts';
import { seededRandom } from '../../../src/random.ts';
import { SHARED } from '../../support/simulators/known.ts';
import { modelOf } from '../../support/simulators/models.ts';
import { SharedService } from '../../support/simulators/shared.ts';

describe('services whose truth is known', () => {
  it('a shared one completes what the law says, for users who never pause', () => {
    for (const users of [1, 4, 14, 24]) {
      const service = new SharedService(SHARED);
      let completed = 0;
      let nowMs = 0;
      const enter = (): void => service.enter(nowMs, () => {
        completed += 1;
        waiting += 1;
      });
      let waiting = users;
      while (nowMs < 10_000) {
        for (; waiting > 0; waiting -= 1) enter();
        nowMs = service.advance(nowMs) ?? nowMs;
        service.advance(nowMs + 1e-6);
      }
      expect(completed / 10 / throughputAt(SHARED, users)).toBeCloseTo(1, 1);
    }
  });

  it('a rate limit answers its rate and refuses the rest', () => {
    const model = modelOf({ kind: 'rate-limit', perSecond: 400, burst: 40 }, seededRandom(1));
    const answered = Array.from({ length: 8_000 }, (_, index) => model.arrive((index * 1_000) / 800).status).filter((status) => status === 200).length;
    expect(answered / 10).toBeCloseTo(404, 0);
  });

  it('one whose latency steps is fast at its rate and slow above it', () => {
    const at = (ratePerSecond: number): number => {
      const model = modelOf({ kind: 'latency-step', perSecond: 400, fastMs: 5, slowMs: 60 }, seededRandom(1));
      return Array.from({ length: 2_000 }, (_, index) => model.arrive((index * 1_000) / ratePerSecond).delayMs).at(-1) ?? 0;
    };
    expect([at(390), at(410)]).toEqual([5, 60]);
  });
});
