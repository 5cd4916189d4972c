import type { CheckDetail } from '../../src/record/schema.ts';
import { check } from '../../src/workloads/check/check.ts';
import { checkWorkload } from '../../src/workloads/check/schema.ts';
import type { Measurement, WorkloadContext } from '../../src/workloads/contract.ts';
import { contextFor } from './context.ts';

/** Runs the checks of a scenario against a service, as a run does. */
export async function checked(spec: object, baseUrl: string, change: Partial<WorkloadContext> = {}): Promise<{ measurement: Measurement; checks: CheckDetail['checks'] }> {
  const context = await contextFor(baseUrl);
  const target = change.target ?? context.target;
  const prepared = await check.prepare(checkWorkload.parse({ name: 'ready', check: spec }), { ...context, ...change, target });
  try {
    await prepared.runRound(0);
  } finally {
    await prepared.close();
  }
  const measurement = prepared.measurement();
  return { measurement, checks: measurement.detail.kind === 'check' ? measurement.detail.checks : [] };
}

/** A job of the embedded service that takes a worker about half a second. */
export const embeddedJob = (json: object = {}) => ({
  submit: { request: { method: 'POST', path: '/videos', json: { durationS: 0.5, width: 32, height: 32, pace: 1, cache: false, seed: '${job}', ...json } }, expect: { status: 202 }, capture: { id: { json: '/id' } } },
  poll: { request: { path: '/videos/${id}' } },
  waiting: { at: '/status', is: 'queued' },
  until: { done: { at: '/status', is: 'done' }, failed: { at: '/status', is: 'failed' } },
  timeout: '20s',
  delete: { request: { method: 'DELETE', path: '/videos/${id}' } },
});
