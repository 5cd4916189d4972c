import { z } from 'zod';
import { durationMs, needs } from '../../../fields.ts';
import { capture, expectation, request } from '../../http/schema/request.ts';
import { condition, until } from '../../job/schema.ts';

export const pointer = z.string().regex(/^(\/.*)?$/, { error: (issue) => needs('a JSON pointer, for example /items', issue.input) });
export const question = z.strictObject({ request: request.describe('what is sent'), expect: expectation.prefault({}).describe('what counts as a success') });

/** What a job of the target is, for the checks that start some. */
export const jobOfCheck = z.strictObject({
  submit: question.extend({ capture: capture.default({}).describe('variables filled from the answer, such as the id of the job') }).describe('starts a job that keeps a worker busy for a second or more; ${job} is its number'),
  poll: question.describe('asks for the state of a job'),
  waiting: condition.describe('how a job shows that it waits for a worker'),
  until: until.describe('how it shows that it has ended; a job that neither waits nor has ended is at work'),
  timeout: durationMs.pipe(z.number().min(1, { error: 'must be at least 1ms' })).prefault('60s').describe('after which jobs that have not ended count as never ending'),
  delete: question.optional().describe('removes a job, also after an interrupt'),
});

export type JobOfCheck = z.infer<typeof jobOfCheck>;
