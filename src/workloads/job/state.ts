import { atPointer, type Json } from '../../load/json-pointer.ts';
import type { Condition, JobSpec } from './schema.ts';

/** What an answer about a job says of it. */
export type JobState = { type: 'pending' } | { type: 'done' } | { type: 'failed'; message: string };

/** What a state is read from: the status of the answer (0 in a callback), and its body; undefined where that is not JSON. */
export interface Status {
  httpStatus: number;
  document: Json | undefined;
}

const SHOWN_CHARACTERS = 200;

/** Failed is looked at first: `{ status: done, error: … }` is no success. */
export function stateOf({ done, failed, error }: JobSpec['until'], status: Status): JobState {
  if (failed !== undefined && holds(failed, status)) return { type: 'failed', message: messageOf(status, error) };
  return holds(done, status) ? { type: 'done' } : { type: 'pending' };
}

/** True where nothing the conditions look at is in the answer: then the pointers are wrong, or the body is something else. */
export function saysNothing({ done, failed }: JobSpec['until'], { document }: Status): boolean {
  const pointers = [done, failed ?? []].flat().flatMap((each) => ('at' in each && !('exists' in each) ? [each.at] : []));
  return pointers.length > 0 && pointers.every((pointer) => document === undefined || atPointer(document, pointer) === undefined);
}

/** True where one of the conditions holds. */
export function holds(condition: Condition, { httpStatus, document }: Status): boolean {
  return [condition].flat().some((each) => {
    if ('httpStatus' in each) return [each.httpStatus].flat().includes(httpStatus);
    const value = document === undefined ? undefined : atPointer(document, each.at);
    if ('exists' in each) return (value !== undefined && value !== null) === each.exists && document !== undefined;
    if (value === undefined) return false;
    if ('matches' in each) return new RegExp(each.matches).test(typeof value === 'string' ? value : JSON.stringify(value));
    return [each.is].flat().some((wanted) => wanted === value);
  });
}

function messageOf({ document }: Status, pointer: string | undefined): string {
  const value = pointer === undefined || document === undefined ? undefined : atPointer(document, pointer);
  if (value === undefined) return pointer === undefined ? 'the service says that it failed' : `the service says that it failed, and nothing at ${pointer}`;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return `the service says: ${text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}…`}`;
}

/** Times of a job by the service's own clock, in ms; null where the status does not hold both ends. */
export interface JobTimes {
  queueWaitMs: number | null;
  processingMs: number | null;
}

export function timesOf({ queued, started, finished }: JobSpec['times'], document: Json | undefined): JobTimes {
  const at = (pointer: string | undefined): number | null => (pointer === undefined || document === undefined ? null : instantMs(atPointer(document, pointer)));
  const [queuedMs, startedMs, finishedMs] = [at(queued), at(started), at(finished)];
  const between = (from: number | null, to: number | null): number | null => (from === null || to === null || to < from ? null : to - from);
  return { queueWaitMs: between(queuedMs, startedMs), processingMs: between(startedMs, finishedMs) };
}

/** Unix time in seconds stays below this until the year 5138; in ms it passed it in 1973. */
const SECONDS_BELOW = 1e11;

/** ISO 8601, or Unix time in seconds or milliseconds → ms since 1970; null for anything else. */
export function instantMs(value: Json | undefined): number | null {
  if (typeof value === 'number' || (typeof value === 'string' && /^\d+(\.\d+)?$/.test(value))) {
    const number = Number(value);
    return number < SECONDS_BELOW ? number * 1_000 : number;
  }
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(value)) return null;
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? null : ms;
}
