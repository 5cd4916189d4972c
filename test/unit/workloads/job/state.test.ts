import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { jobWorkload } from '../../../../src/workloads/job/schema.ts';
import { instantMs, saysNothing, stateOf, timesOf } from '../../../../src/workloads/job/state.ts';

const until = (part: object) => jobWorkload.parse({ name: 'a', job: { submit: { request: { path: '/' } }, poll: { request: { path: '/' } }, until: part } }).job.until;

describe('the state of a job', () => {
  const word = until({ done: { at: '/status', is: ['done', 'completed'] }, failed: { at: '/status', is: 'failed' }, error: '/error' });
  it.each([
    [{ status: 'queued' }, { type: 'pending' }],
    [{ status: 'completed' }, { type: 'done' }],
    [{ status: 'failed', error: 'no disk' }, { type: 'failed', message: 'the service says: no disk' }],
    [{ status: 'failed' }, { type: 'failed', message: 'the service says that it failed, and nothing at /error' }],
    [{ state: 'done' }, { type: 'pending' }],
    ['done', { type: 'pending' }],
  ])('by a word: %j', (document, state) => expect(stateOf(word, { httpStatus: 200, document })).toEqual(state));

  it('by what is there, by a pattern, by the status of the answer', () => {
    expect(stateOf(until({ done: { at: '/result/url', exists: true } }), { httpStatus: 200, document: { result: { url: null } } })).toEqual({ type: 'pending' });
    expect(stateOf(until({ done: { at: '/result/url', exists: true } }), { httpStatus: 200, document: { result: { url: '/a' } } })).toEqual({ type: 'done' });
    expect(stateOf(until({ done: { at: '/progress', matches: '^100' } }), { httpStatus: 200, document: { progress: 100 } })).toEqual({ type: 'done' });
    expect(stateOf(until({ done: { httpStatus: [200, 303] } }), { httpStatus: 202, document: undefined })).toEqual({ type: 'pending' });
    expect(stateOf(until({ done: { httpStatus: [200, 303] } }), { httpStatus: 303, document: undefined })).toEqual({ type: 'done' });
    expect(stateOf(until({ done: [{ at: '/a', is: true }, { at: '/b', is: 1 }] }), { httpStatus: 200, document: { b: 1 } })).toEqual({ type: 'done' });
  });

  it('failed is looked at first', () => {
    const both = until({ done: { at: '/finished', is: true }, failed: { at: '/error', exists: true } });
    expect(stateOf(both, { httpStatus: 200, document: { finished: true, error: 'x' } })).toMatchObject({ type: 'failed' });
  });

  it('says when an answer holds nothing that is looked at', () => {
    expect(saysNothing(word, { httpStatus: 200, document: { state: 'done' } })).toBe(true);
    expect(saysNothing(word, { httpStatus: 200, document: undefined })).toBe(true);
    expect(saysNothing(word, { httpStatus: 200, document: { status: 'queued' } })).toBe(false);
    expect(saysNothing(until({ done: { at: '/url', exists: true } }), { httpStatus: 200, document: {} })).toBe(false);
  });
});

describe('times of a job', () => {
  it('reads ISO 8601 and Unix times in s and ms', () => {
    expect(instantMs('2026-01-02T03:04:05.678Z')).toBe(Date.UTC(2026, 0, 2, 3, 4, 5, 678));
    expect(instantMs(1_767_323_045.5)).toBe(1_767_323_045_500);
    expect(instantMs('1767323045500')).toBe(1_767_323_045_500);
    for (const other of ['soon', '', null, true, {}, undefined, '2026']) expect(instantMs(other as never)).toBe(other === '2026' ? 2_026_000 : null);
  });
  it('every date survives the way through ISO 8601', () => {
    fc.assert(fc.property(fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('9000-01-01') }), (date) => instantMs(date.toISOString()) === date.getTime()));
  });
  it('is null where an end is missing, or where they stand the wrong way round', () => {
    const times = { queued: '/q', started: '/s', finished: '/f' };
    expect(timesOf(times, { q: '2026-01-01T00:00:00Z', s: '2026-01-01T00:00:02Z', f: '2026-01-01T00:00:05Z' })).toEqual({ queueWaitMs: 2_000, processingMs: 3_000 });
    expect(timesOf(times, { q: '2026-01-01T00:00:03Z', s: '2026-01-01T00:00:02Z' })).toEqual({ queueWaitMs: null, processingMs: null });
    expect(timesOf({}, undefined)).toEqual({ queueWaitMs: null, processingMs: null });
  });
});
