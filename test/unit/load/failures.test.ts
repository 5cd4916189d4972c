import { describe, expect, it } from 'vitest';
import { errorKindOf, isLocalFailure, statusAccepted, statusErrorKind } from '../../../src/load/failures.ts';

const coded = (code: string, cause?: unknown): Error => Object.assign(new Error(code, cause === undefined ? {} : { cause }), { code });

describe('errorKindOf', () => {
  it.each([
    ['ECONNREFUSED', 'refused'],
    ['ECONNRESET', 'reset'],
    ['UND_ERR_SOCKET', 'reset'],
    ['ENOTFOUND', 'dns'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls'],
    ['CERT_HAS_EXPIRED', 'tls'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls'],
    ['UND_ERR_CONNECT_TIMEOUT', 'timeout'],
    ['HPE_INVALID_CONSTANT', 'other'],
  ])('%s is %s', (code, kind) => {
    expect(errorKindOf(coded(code))).toBe(kind);
  });

  it('looks into causes and into the errors of each address', () => {
    expect(errorKindOf(coded('ERR_SOMETHING', coded('ECONNRESET')))).toBe('reset');
    expect(errorKindOf(new AggregateError([coded('ECONNREFUSED'), coded('ECONNREFUSED')]))).toBe('refused');
    expect(errorKindOf('not an error')).toBe('other');
  });

  it('knows what is this machine’s own fault', () => {
    expect(isLocalFailure(coded('EMFILE'))).toBe(true);
    expect(isLocalFailure(new AggregateError([coded('EADDRNOTAVAIL')]))).toBe(true);
    expect(isLocalFailure(coded('ECONNREFUSED'))).toBe(false);
  });
});

describe('statuses', () => {
  const expectation = (statuses: { codes: number[]; classes: number[] } | null) => ({ statuses, bodyIncludes: null, maxBodyBytes: null });

  it('are accepted as asked for, by default every 2xx and 3xx', () => {
    expect([200, 204, 302, 399, 400, 503].map((status) => statusAccepted(status, expectation(null)))).toEqual([true, true, true, true, false, false]);
    expect([200, 404, 500].map((status) => statusAccepted(status, expectation({ codes: [404], classes: [5] })))).toEqual([false, true, true]);
  });

  it('fail by their class', () => {
    expect([200, 301, 404, 503].map(statusErrorKind)).toEqual(['check', 'redirect', '4xx', '5xx']);
  });
});
