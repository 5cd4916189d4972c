/**
 * What a user waits for: submit a video, ask until it is done. How long that took is a metric of the script's own.
 * Run it with `bench run k6/video-jobs`.
 */
import { sleep } from 'k6';
import { Rate, Trend } from 'k6/metrics';
import type { Options } from 'k6/options';
import { stateOf, submit } from './lib/videos.ts';

export const options: Options = {
  scenarios: {
    jobs: { executor: 'constant-arrival-rate', rate: 2, timeUnit: '1s', duration: '10s', gracefulStop: '30s', preAllocatedVUs: 20, maxVUs: 20 },
  },
};

/** Of time: bench reads it as milliseconds. */
const ready = new Trend('video_ready', true);
const done = new Rate('video_done');

const LONGEST_MS = 25_000;
const POLL_S = 0.1;

export default function (): void {
  const startedAt = Date.now();
  const id = submit();
  let state = id === null ? 'failed' : stateOf(id);
  while (id !== null && state !== 'done' && state !== 'failed' && Date.now() - startedAt < LONGEST_MS) {
    sleep(POLL_S);
    state = stateOf(id);
  }
  done.add(state === 'done');
  if (state === 'done') ready.add(Date.now() - startedAt);
}
