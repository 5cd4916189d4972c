import fc from 'fast-check';
import { expect, test } from 'vitest';
import { casesOf, inOrderOfRound, labelsOf, levels, titleOf } from '../../../../src/workloads/encode/cases.ts';

test('levels: auto is the number of cores, equal levels are one, and there are never more workers than jobs', () => {
  expect(levels({ jobs: 10, concurrency: [1, 2, 'auto'] }, 2)).toEqual([1, 2]);
  expect(levels({ jobs: 10, concurrency: 'auto' }, 8)).toEqual([8]);
  expect(levels({ jobs: 4, concurrency: [2, 8, 16] }, 8)).toEqual([2, 4]);
  expect(levels({ jobs: 1, concurrency: [2, 8] }, 8)).toEqual([1]);
});

test('a single encode is labelled by its encoder, a batch by its concurrency too', () => {
  const [single] = casesOf({ jobs: 1, concurrency: 4 }, ['libx264'], 2);
  const batches = casesOf({ jobs: 10, concurrency: [1, 2] }, ['libx264', 'h264_nvenc'], 2);
  expect(single && [labelsOf(single), titleOf(single)]).toEqual([{ encoder: 'libx264' }, 'libx264']);
  expect(batches.map(labelsOf)).toEqual([
    { encoder: 'libx264', concurrency: '1' },
    { encoder: 'h264_nvenc', concurrency: '1' },
    { encoder: 'libx264', concurrency: '2' },
    { encoder: 'h264_nvenc', concurrency: '2' },
  ]);
  expect(batches.map(titleOf)).toContain('libx264 ×2');
});

test('over as many rounds as there are cases, each case is first, second, … once', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(), { minLength: 1, maxLength: 8 }), (cases) => {
      const orders = cases.map((_, round) => inOrderOfRound(cases, round));
      for (const order of orders) expect([...order].sort()).toEqual([...cases].sort());
      cases.forEach((_, place) => expect(new Set(orders.map((order) => order[place])).size).toBe(cases.length));
    }),
  );
  expect(inOrderOfRound([], 3)).toEqual([]);
});
