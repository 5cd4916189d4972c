import fc from 'fast-check';
import { expect, test } from 'vitest';
import { casesOf, inOrderOfRound, levels, titleOf } from '../../../../src/workloads/encode/cases.ts';
import type { Encoder } from '../../../../src/workloads/encode/schema.ts';

test('levels: auto is the number of cores, equal levels are one, and there are never more workers than jobs', () => {
  expect(levels({ jobs: 10, concurrency: [1, 2, 'auto'] }, 2)).toEqual([1, 2]);
  expect(levels({ jobs: 10, concurrency: 'auto' }, 8)).toEqual([8]);
  expect(levels({ jobs: 4, concurrency: [2, 8, 16] }, 8)).toEqual([2, 4]);
  expect(levels({ jobs: 1, concurrency: [2, 8] }, 8)).toEqual([1]);
});

const machine = (cores: number, caps: [Encoder, number][] = []) => ({ cores, sessionCaps: new Map(caps) });

test('sweep doubles up to the jobs, or to the sessions that the GPU gives', () => {
  expect(levels({ jobs: 10, concurrency: 'sweep' }, 2)).toEqual([1, 2, 4, 8, 10]);
  expect(levels({ jobs: 10, concurrency: 'sweep' }, 2, 3)).toEqual([1, 2, 3]);
  expect(levels({ jobs: 10, concurrency: ['sweep', 3] }, 2, 8)).toEqual([1, 2, 4, 8, 3]);
  const cases = casesOf({ jobs: 10, concurrency: 'sweep', threads: 'auto' }, ['libx264', 'h264_nvenc'], machine(2, [['h264_nvenc', 3]]));
  expect(cases.map(titleOf)).toEqual(['libx264 ×1', 'h264_nvenc ×1', 'libx264 ×2', 'h264_nvenc ×2', 'h264_nvenc ×3', 'libx264 ×4', 'libx264 ×8', 'libx264 ×10']);
});

test('a single encode is labelled by its encoder, a batch by its concurrency too', () => {
  const [single] = casesOf({ jobs: 1, concurrency: 4, threads: 'auto' }, ['libx264'], machine(2));
  const batches = casesOf({ jobs: 10, concurrency: [1, 2], threads: 'auto' }, ['libx264', 'h264_nvenc'], machine(2));
  expect(single && [single.labels, titleOf(single)]).toEqual([{ encoder: 'libx264' }, 'libx264']);
  expect(batches.map(({ labels }) => labels)).toEqual([
    { encoder: 'libx264', concurrency: '1' },
    { encoder: 'h264_nvenc', concurrency: '1' },
    { encoder: 'libx264', concurrency: '2' },
    { encoder: 'h264_nvenc', concurrency: '2' },
  ]);
  expect(batches.map(titleOf)).toContain('libx264 ×2');
});

test('thread policies are cases of their own; split shares the cores', () => {
  const cases = casesOf({ jobs: 4, concurrency: [1, 4], threads: ['auto', 'split'] }, ['libx264'], machine(8));
  expect(cases.map((each) => [titleOf(each), each.threads])).toEqual([
    ['libx264, threads auto ×1', 'auto'],
    ['libx264, threads split ×1', 8],
    ['libx264, threads auto ×4', 'auto'],
    ['libx264, threads split ×4', 2],
  ]);
});

test('GPU modes are for NVENC; decoding alone is measured by each decoder in use; a GPU that cannot decode leaves its cases out', () => {
  const all = { jobs: 1, concurrency: 1, threads: 'auto' as const, modes: ['cpu-decode' as const, 'full-gpu' as const, 'decode-only' as const] };
  const encoders: Encoder[] = ['libx264', 'h264_nvenc'];
  expect(casesOf(all, encoders, machine(2)).map(titleOf)).toEqual(['libx264', 'h264_nvenc', 'h264_nvenc, decoded by gpu', 'decode by cpu', 'decode by gpu']);
  expect(casesOf(all, encoders, machine(2), false).map(titleOf)).toEqual(['libx264', 'h264_nvenc', 'decode by cpu']);
  expect(casesOf({ ...all, modes: ['full-gpu'] }, encoders, machine(2)).map(titleOf)).toEqual(['libx264', 'h264_nvenc, decoded by gpu']);
  expect(casesOf(all, encoders, machine(2)).map(({ labels }) => labels)).toContainEqual({ encoder: 'h264_nvenc', decoder: 'gpu' });
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
