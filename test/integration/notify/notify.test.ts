import { expect, it } from 'vitest';
import { notify } from '../../../src/notify/notify.ts';
import { project } from '../../support/bench.ts';
import { serve } from '../../support/http-server.ts';
import { breachRecord, passRecord } from '../../support/records.ts';

const FAST = { backoffMs: 5, withinMs: 5_000, timeoutMs: 2_000 };

/** A webhook that answers these statuses in turns, the last one from then on; undefined breaks the connection. */
async function webhook(...statuses: (number | undefined)[]) {
  const bodies: unknown[] = [];
  const server = await serve((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      const status = statuses[Math.min(bodies.length, statuses.length - 1)];
      bodies.push(JSON.parse(Buffer.concat(chunks).toString()));
      if (status === undefined) response.destroy();
      else response.writeHead(status).end('noted');
    });
  });
  return { url: `${server.url}/services/T0/canary-secret`, bodies };
}

it('a webhook that fails first is told in the end, with the reason and the facts', async () => {
  const { url, bodies } = await webhook(503, undefined, 429, 200);
  expect(await notify(breachRecord(), { BENCH_WEBHOOK_URL: url }, FAST)).toEqual(['BENCH_WEBHOOK_URL was told of the failure after 4 attempts']);
  expect(bodies).toHaveLength(4);
  expect(bodies[3]).toMatchObject({ text: expect.stringContaining('FAILED (exit 1)') as string, exitCode: 1, verdict: { status: 'fail' } });
});

it('Slack gets text alone, whose markup is harmless', async () => {
  const { url, bodies } = await webhook(200);
  const record = breachRecord();
  record.verdict.reasons = record.verdict.reasons.map((reason) => ({ ...reason, sentence: '<!channel> & @here\nwas slow' }));
  await notify(record, { BENCH_SLACK_WEBHOOK_URL: url }, FAST);
  expect(Object.keys(bodies[0] as object)).toEqual(['text']);
  expect((bodies[0] as { text: string }).text).toContain('&lt;!channel&gt; &amp; @\u200bhere was slow');
});

it.each([[404, /it answers 404/, 1], [302, /it answers 302/, 1], [500, /it answers 500|does not answer in time/, null]])('one that answers %i is given up (%s) without its URL being told', async (status, why, attempts) => {
  const { url, bodies } = await webhook(status);
  const [said] = await notify(breachRecord(), { BENCH_WEBHOOK_URL: url }, { ...FAST, withinMs: attempts === null ? 60 : 5_000 });
  expect(said).toMatch(why);
  expect(said).not.toContain('canary-secret');
  if (attempts !== null) expect(bodies).toHaveLength(attempts);
});

it('one that is down, or is no URL, costs a bounded time and throws nothing', async () => {
  const { close, url } = await serve(() => undefined);
  await close();
  expect(await notify(breachRecord(), { BENCH_WEBHOOK_URL: url }, { ...FAST, withinMs: 50 })).toEqual([expect.stringMatching(/could not be told of the failure after \d+ attempts?: no answer \(ECONNREFUSED\)/) as string]);
  expect(await notify(breachRecord(), { BENCH_WEBHOOK_URL: 'not a url' }, FAST)).toEqual(['BENCH_WEBHOOK_URL could not be told of the failure at the first attempt: its value is no http(s) URL']);
});

it('a run that passes tells nobody; without a URL nobody is told', async () => {
  const { url, bodies } = await webhook(200);
  expect(await notify(passRecord(), { BENCH_WEBHOOK_URL: url }, FAST)).toEqual([]);
  expect(await notify(breachRecord(), {}, FAST)).toEqual([]);
  expect(bodies).toHaveLength(0);
});

it('bench run tells the webhook once it has failed, keeps its exit code, and the URL is in no artefact', async () => {
  const hook = await webhook(503, 200);
  const service = await serve((_request, response) => void response.end('ok'));
  const text = (limits: string): string => `name: told\ntarget: { baseUrl: "${service.url}" }\nrounds: 1\ndescription: "\${env.BENCH_WEBHOOK_URL}"\nworkloads:\n  - name: health\n    http: { request: { path: /health }, load: { model: open, rate: 50/s, duration: 1s, warmup: 100ms } }\n    sla: ${limits}\n`;
  const { write, validRun, files, read } = await project({ 'a.yaml': text('{ latency: { p50: 1us } }') });
  const env = { BENCH_WEBHOOK_URL: hook.url };
  const failed = await validRun(['a.yaml', '--no-control', '--no-compare'], env);
  expect(failed.code, failed.stdout).toBe(1);
  expect(failed.stderr).toContain('BENCH_WEBHOOK_URL was told of the failure');
  expect(hook.bodies.at(-1)).toMatchObject({ exitCode: 1, scenarios: ['told'] });
  for (const file of await files()) if (file.startsWith('reports/')) expect(await read(file).catch(() => ''), file).not.toContain('canary-secret');
  expect(failed.stdout + failed.stderr).not.toContain('canary-secret');

  // The same limit as a warning: the run passes, says so, and tells nobody; with --fail-on warning it fails.
  await write('a.yaml', text('{ warning: { latency: { p50: 1us } } }'));
  const warned = await validRun(['a.yaml', '--no-control', '--no-compare'], env);
  expect(warned.code, warned.stdout).toBe(0);
  expect(warned.stdout).toContain('breach (warning)');
  const strict = await validRun(['a.yaml', '--no-control', '--no-compare', '--fail-on', 'warning'], env);
  expect(warned.stderr).not.toContain('BENCH_WEBHOOK_URL');
  expect(strict.code, strict.stdout).toBe(1);
});
