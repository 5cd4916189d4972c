import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRedactor } from '../../../src/record/redact.ts';
import { runRecord } from '../../../src/record/schema.ts';
import { httpWorkload, record, scenario } from './fixture.ts';

/** The canary in every place where text that a person or a server wrote ends up. */
function recordHolding(text: string) {
  const workload = httpWorkload({
    notMeasured: [{ what: 'x', cause: 'y', reason: text, remedy: text }],
    validity: { status: 'suspect', findings: [{ severity: 'warning', code: 'c', message: text, remedy: text }] },
    detail: {
      kind: 'http',
      model: 'open',
      engine: 'readybench-open',
      requests: [{ labels: { step: text }, sent: 1, completed: 0, failed: 1, statuses: { [text]: 1 }, errors: [{ kind: 'other', count: 1, example: text }] }],
    },
  });
  const made = record([scenario([workload], { source: text, target: text, file: text })], { command: text });
  return { ...made, environment: { ...made.environment, soft: { [text]: text } }, verdict: { ...made.verdict, sentence: text } };
}

const secrets = fc.string({ minLength: 6, maxLength: 40, unit: 'grapheme' }).filter((secret) => secret.trim() === secret && !'[redacted]'.includes(secret));

describe('a record that is stored', () => {
  test('holds no credential of a JSON body, and keeps references', () => {
    const redactor = createRedactor([]);
    const text = (input: string): string => redactor.text(input);
    expect(text('Came back: 200 {"token":"abc","id":7, "password" : "p\\"q", "keys":"k"}')).toBe('Came back: 200 {"token":"[redacted]","id":7, "password" : "[redacted]", "keys":"k"}');
    expect(text('{"token": "${secret.TOKEN}"}')).toBe('{"token": "${secret.TOKEN}"}');
  });

  test('never holds a secret, in any of its written forms, and stays a valid record', () => {
    fc.assert(
      fc.property(secrets, fc.string({ maxLength: 5 }), (secret, before) => {
        const url = `http://host/?q=${encodeURIComponent(secret)}`;
        const basic = Buffer.from(`${before}:${secret}`).toString('base64');
        for (const text of [secret, `${before} ${secret} x`, url, JSON.stringify({ secret }), `x ${Buffer.from(secret).toString('base64')}`, `x ${basic}`]) {
          const redacted = createRedactor([secret]).record(recordHolding(text));
          const json = JSON.stringify(redacted);
          expect(runRecord.safeParse(redacted).success).toBe(true);
          for (const form of [JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), Buffer.from(secret).toString('base64')]) expect(json).not.toContain(form);
          expect(json).not.toContain(basic);
        }
      }),
      { numRuns: 60, seed: 7 },
    );
  });

  test('keeps its own words when a secret is one of them', () => {
    const made = createRedactor(['pass', 'http', 'complete', 'valid', 'open']).record(recordHolding('my pass is http'));
    expect(runRecord.safeParse(made).success).toBe(true);
    expect([made.run.status, made.verdict.status, made.scenarios[0]?.workloads[0]?.series.kind]).toEqual(['complete', 'pass', 'http']);
    expect(made.verdict.sentence).toBe('my [redacted] is [redacted]');
  });

  test('a very short secret goes only where it is the whole text', () => {
    const redactor = createRedactor(['1', 'ab']);
    expect([redactor.text('1'), redactor.text('ab'), redactor.text('p95 11 ms, ab1')]).toEqual(['[redacted]', '[redacted]', 'p95 11 ms, ab1']);
  });

  test('is left alone when it holds nothing secret', () => {
    const made = recordHolding('nothing here');
    expect(createRedactor(['hunter22']).record(made)).toEqual(made);
  });
});

describe('by shape, without knowing the secret', () => {
  const redactor = createRedactor([]);
  test.each([
    ['authorization: "Bearer abc"', 'authorization: "[redacted]"'],
    ['  headers: { authorization: "Bearer abc", accept: "*/*" }', '  headers: { authorization: "[redacted]", accept: "*/*" }'],
    ['Authorization: Basic YWxhZGRpbg==\nHost: x', 'Authorization: [redacted]\nHost: x'],
    ["cookie: 'a=b; c=d'", "cookie: '[redacted]'"],
    ['Set-Cookie: sid=31d4d96e; Path=/', 'Set-Cookie: [redacted]'],
    ['{"x-api-key": "k-123"}', '{"x-api-key": "[redacted]"}'],
    ['authorization: "Bearer ${secret.API_TOKEN}"', 'authorization: "Bearer ${secret.API_TOKEN}"'],
    ['x-api-key: ${env.KEY}', 'x-api-key: ${env.KEY}'],
    ['http://user:pw@host/path', 'http://[redacted]@host/path'],
    ['HTTP://user:p@w@host:1:x', 'HTTP://[redacted]@host:1:x'],
    ["bench run --against 'https://user:p w/x@/y' --seed 1", "bench run --against 'https://[redacted]@/y' --seed 1"],
    ['http://127.0.0.1:8080 is up, and http://[::1]:80/@a, http://${env.HOST}:${env.PORT}/@b, http://127.0.0.1:{port}/@c, mail me@host', 'http://127.0.0.1:8080 is up, and http://[::1]:80/@a, http://${env.HOST}:${env.PORT}/@b, http://127.0.0.1:{port}/@c, mail me@host'],
    ['https://host/a?token=abc&size=2', 'https://host/a?token=[redacted]&size=2'],
    ['https://host/a?size=2&api_key=abc', 'https://host/a?size=2&api_key=[redacted]'],
    ['GET /?token=${secret.T}', 'GET /?token=${secret.T}'],
    ['sent Bearer abcdefghijklmnopqrstuvwx', 'sent Bearer [redacted]'],
    ['jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln ok', 'jwt [redacted] ok'],
    ['no cookies, no authorization, see https://host/a?page=2', 'no cookies, no authorization, see https://host/a?page=2'],
  ])('%s', (input, expected) => {
    expect(redactor.text(input)).toBe(expected);
  });

  test('a header kept as a field', () => {
    const made = record([]);
    const redacted = createRedactor([]).record({ ...made, environment: { ...made.environment, soft: { Authorization: 'abc', os: 'Linux' } } });
    expect(redacted.environment.soft).toEqual({ Authorization: '[redacted]', os: 'Linux' });
  });
});
