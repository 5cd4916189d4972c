import { expect, it } from 'vitest';
import { headline } from '../../../src/pipeline/headline.ts';
import { metric } from '../../../src/record/metrics.ts';

it('says of a round what a watcher wants to see first', () => {
  expect(headline([metric('throughput', {}, 40, [40], 80), metric('latency.p95', {}, 3.2, [3.2], 80)], 0)).toBe('p95 latency 3.20 ms, throughput 40/s');
  expect(headline([metric('checks.failed', {}, 0, [0], 4)], 0)).toBe('4 checks passed');
  expect(headline([metric('checks.failed', {}, 1, [1], 4)], 0)).toBe('1 of 4 checks failed');
  expect(headline([], 0)).toBe('nothing measured');
});
