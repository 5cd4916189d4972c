import { expect, test } from 'vitest';
import type { Progress } from '../../../../src/workloads/contract.ts';
import { roundTracker } from '../../../../src/workloads/encode/tracker.ts';

test('share done from frames over all cases, frame rate of the running case, at most two reports a second', () => {
  const said: Progress[] = [];
  let nowMs = 0;
  const tracker = roundTracker(400, 100, (progress) => said.push(progress), () => nowMs);
  tracker.startCase('libx264', 2);
  nowMs = 100;
  tracker.frames(0, 10);
  nowMs = 1_000;
  tracker.frames(1, 40);
  nowMs = 1_400;
  tracker.jobEnded(0);
  nowMs = 2_000;
  tracker.jobEnded(1);
  nowMs = 3_000;
  tracker.startCase('h264_nvenc', 2);
  expect(said).toEqual([
    { phase: 'libx264 0/2', done: 0 },
    { phase: 'libx264 0/2', done: 50 / 400, figure: 'fps 50' },
    { phase: 'libx264 2/2', done: 0.5, figure: 'fps 100' },
    { phase: 'h264_nvenc 0/2', done: 0.5 },
  ]);
});
