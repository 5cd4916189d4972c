/**
 * Two kinds of requests at their own rates, open loop: health checks all the time, and status queries that grow.
 * Run it with `bench run k6/video-api`, or by itself: BASE_URL=http://127.0.0.1:8000 k6 run k6/examples/video-api.ts
 */
import exec from 'k6/execution';
import type { Options } from 'k6/options';
import { health, stateOf, submit } from './lib/videos.ts';

export const options: Options = {
  scenarios: {
    health: { executor: 'constant-arrival-rate', exec: 'checkHealth', rate: 20, timeUnit: '1s', duration: '6s', preAllocatedVUs: 20, maxVUs: 20 },
    status: { executor: 'ramping-arrival-rate', exec: 'askStatus', startRate: 10, timeUnit: '1s', stages: [{ target: 40, duration: '6s' }], preAllocatedVUs: 40, maxVUs: 40 },
  },
};

/** Once, before the load: its requests are not counted. */
export function setup(): { id: string } {
  const id = submit();
  if (id === null) exec.test.abort('the service took no video: nothing to ask the status of');
  return { id: id ?? '' };
}

export function checkHealth(): void {
  health();
}

export function askStatus({ id }: { id: string }): void {
  stateOf(id);
}
