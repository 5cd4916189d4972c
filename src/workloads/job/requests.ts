import { checkRequests, credentialsOf } from '../http/check-requests.ts';
import { findFiles, type Files } from '../http/files.ts';
import type { Requests } from '../http/schema.ts';
import type { JobSpec } from './schema.ts';

/** What a request of a job can refer to without a capture. */
export const GIVEN = ['job', 'webhook'] as const;

/** The requests of a job as a flow: what is known of flows holds for them. */
export function asFlow({ setup, submit, poll, fetch, delete: remove }: JobSpec): Requests {
  const given = { name: 'job', request: { method: 'GET' as const, path: '/', headers: {} }, expect: {}, capture: Object.fromEntries(GIVEN.map((each) => [each, { json: '' }])) };
  const step = (name: string, part: Pick<JobSpec['submit'], 'request' | 'expect'> | undefined, capture: JobSpec['submit']['capture'] = {}): NonNullable<Requests['flow']>['steps'] => (part === undefined ? [] : [{ name, request: part.request, expect: part.expect, capture, sla: {} }]);
  return { setup: [...setup, given], expect: {}, flow: { steps: [...step('submit', submit, submit.capture), ...step('poll', poll), ...step('fetch', fetch), ...step('delete', remove)] } };
}

/** What can only be wrong with the requests as a whole. Throws a BenchError (2). */
export function checkJob(spec: JobSpec, name: string): void {
  checkRequests(asFlow(spec), name);
}

export const credentialsOfJob = (spec: JobSpec): Set<string> => credentialsOf(asFlow(spec));

/** Throws a BenchError (2) for a file that is not there. */
export const filesOfJob = (spec: JobSpec, dir: string, name: string): Promise<Files> => findFiles(asFlow(spec), dir, name);
