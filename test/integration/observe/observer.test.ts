import type { ServerResponse } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { judgeSla } from '../../../src/judge/sla.ts';
import { observeLimits } from '../../../src/observe/observed.ts';
import { ServiceObserver } from '../../../src/observe/observer.ts';
import { observe, type ObserveSpec } from '../../../src/observe/schema.ts';
import { observed } from '../../../src/pipeline/observed.ts';
import { metric } from '../../../src/record/metrics.ts';
import type { Measurement } from '../../../src/workloads/contract.ts';
import { serve } from '../../support/http-server.ts';

const spec = (series: object[], rest: object = {}): ObserveSpec => observe.parse({ every: '100ms', timeout: '300ms', ...rest, series });

/** One round of a workload that does nothing but wait for `readings` looks at the endpoint, observed. */
async function measured(description: ObserveSpec, baseUrl: string, done: Promise<unknown>): Promise<Measurement> {
  const target = { baseUrl, label: baseUrl, headers: { 'x-key': 'of the target' }, addresses: [{ address: '127.0.0.1', family: 4 as const }] };
  const observer = await ServiceObserver.open(description, { target, allowTargets: [], insecureTls: false, signal: new AbortController().signal });
  onTestFinished(() => observer.close());
  const own: Measurement = { validity: { status: 'valid', findings: [] }, metrics: [metric('throughput', {}, 1, [1], 1)], notMeasured: [], histograms: [], series: { kind: 'check' }, detail: { kind: 'check', checks: [] } };
  const workload = observed({ runRound: async () => void (await done), measurement: () => own, close: () => Promise.resolve() }, observer);
  await workload.runRound(0);
  return workload.measurement();
}

/** A server whose endpoint gives these answers in turns; `seen` resolves when the last of them has been asked for. */
async function endpoint(...answers: ((response: ServerResponse) => void)[]) {
  let asked = 0;
  let all = (): void => undefined;
  const seen = new Promise<void>((resolve) => (all = resolve));
  const headers: unknown[] = [];
  const server = await serve((request, response) => {
    headers.push(request.headers['x-key']);
    answers[Math.min(asked, answers.length - 1)]?.(response);
    asked += 1;
    if (asked >= answers.length) all();
  });
  return { ...server, seen, headers };
}
const says = (text: string) => (response: ServerResponse) => void response.setHeader('content-type', 'text/plain').end(text);

describe('a service observed while it is measured', () => {
  const QUEUE = { name: 'queue-length', of: 'queue_length', take: 'max', critical: 'at most 20', warning: 'at most 5' };

  it.each([[7, 'pass', 'breach'], [40, 'breach', 'breach'], [2, 'pass', 'pass']])('a queue of %i: critical limit %s, warning %s', async (length, critical, warning) => {
    const { url, seen, headers } = await endpoint(says(`queue_length{q="a"} 1\nqueue_length{q="b"} 0\n`), says(`queue_length{q="a"} ${length - 1}\nqueue_length{q="b"} 1\n`), says('queue_length 0\n'));
    const description = spec([QUEUE]);
    const result = await measured(description, url, seen);
    expect(result.metrics.find(({ id }) => id === 'observed.count')).toMatchObject({ labels: { series: 'queue-length', take: 'max' }, value: length, unit: 'count', better: 'lower', rounds: [length] });
    expect(judgeSla(observeLimits(description.series), result).map(({ severity, verdict }) => [severity, verdict])).toEqual([['critical', critical], ['warning', warning]]);
    expect(result.observed?.[0]?.rounds[0]?.points.length).toBeGreaterThanOrEqual(3);
    expect(new Set(headers)).toEqual(new Set(['of the target']));
  });

  it.each([[9, 'pass'], [1, 'breach']])('a cache that hits %i of 10 against at least 50 %%: %s', async (hits, verdict) => {
    const { url, seen } = await endpoint(says('hits_total 100\nmisses_total 100\n'), says(`hits_total ${100 + hits}\nmisses_total ${100 + 10 - hits}\n`));
    const description = spec([{ name: 'cache-hits', of: 'hits_total', per: ['hits_total', 'misses_total'], take: 'ratio', critical: 'at least 50%' }]);
    const result = await measured(description, url, seen);
    expect(result.metrics.find(({ id }) => id === 'observed.share')).toMatchObject({ value: hits / 10, better: 'higher' });
    expect(judgeSla(observeLimits(description.series), result)[0]?.verdict).toBe(verdict);
  });

  it('ten megabytes of text, NaN, +Inf, exemplars and a broken line leave the figure standing', async () => {
    const noise = 'noise_total{path="/a/b",code="200"} 1 # {trace_id="abc"} 0.5\n'.repeat(170_000);
    const text = says(`${noise}queue_length NaN\nqueue_length{q="a"} 3\nqueue_length{q="b"} +Inf\nqueue_length{ 3\n# EOF\n`);
    const { url, seen } = await endpoint(text, text);
    const result = await measured(spec([QUEUE], { timeout: '20s' }), url, seen);
    expect(result.observed?.[0]).toMatchObject({ value: 3, rounds: [{ problem: expect.stringContaining('values that are NaN or infinite are left out') as string }] });
  });

  it.each<[string, (response: ServerResponse) => void, RegExp]>([
    ['HTML', (response) => void response.setHeader('content-type', 'text/html').end('<html>'), /answers HTML, not metrics as text/],
    ['500', (response) => void response.writeHead(500).end('no'), /answers 500/],
    ['a redirect', (response) => void response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(), /answers 302/],
    ['nothing, ever', () => undefined, /does not answer within 300 ms|had not answered/],
    ['a broken connection', (response) => void response.destroy(), /cannot be read/],
    ['something else', says('hello world and more\n'), /line 1 is not in Prometheus' text format/],
    ['other metrics', says('other 1\n'), /has no queue_length/],
    ['only NaN', says('queue_length NaN\n'), /every value is NaN/],
  ])('an endpoint that answers %s: not measured, with the reason, and the workload unharmed', async (_name, answer, reason) => {
    const { url, seen } = await endpoint(answer);
    const description = spec([QUEUE]);
    const result = await measured(description, url, seen);
    expect(result.notMeasured).toEqual([{ what: 'queue-length', cause: 'observe', reason: expect.stringMatching(reason) as string, remedy: expect.any(String) as string }]);
    expect(result.metrics.map(({ id }) => id)).toEqual(['throughput']);
    expect(result.validity.status).toBe('valid');
    expect(judgeSla(observeLimits(description.series), result).map(({ verdict }) => verdict)).toEqual(['not-measured', 'not-measured']);
  });

  it('an endpoint that is down is not measured; a host that is neither this machine nor allowed is refused', async () => {
    const { url, close } = await endpoint(says(''));
    await close();
    expect((await measured(spec([QUEUE]), url, Promise.resolve())).notMeasured[0]?.reason).toMatch(/cannot be read.*ECONNREFUSED/);
    await expect(ServiceObserver.open(spec([QUEUE], { endpoint: 'http://192.0.2.1/metrics' }), { target: null, allowTargets: [], insecureTls: false, signal: new AbortController().signal })).rejects.toThrow(/192\.0\.2\.1 may not be read/);
  });
});
