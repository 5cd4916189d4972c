import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { project } from '../../support/bench.ts';
import { embedded } from '../../support/context.ts';

const has = spawnSync('prometheus', ['--version']).status === 0;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Prometheus scraping one service every second; resolves when it has its first sample. */
async function prometheus(dir: string, target: string): Promise<string> {
  const port = await freePort();
  const child = spawn('prometheus', [`--config.file=${join(dir, 'prometheus.yml')}`, `--storage.tsdb.path=${join(dir, 'tsdb')}`, `--web.listen-address=127.0.0.1:${port}`, '--log.level=error'], { stdio: 'ignore' });
  onTestFinished(async () => {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  });
  const url = `http://127.0.0.1:${port}`;
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const up = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(`up{instance="${target}"}`)}`).then((answer) => answer.text()).catch(() => '');
    if (/"1"\]/.test(up)) return url;
    await sleep(50);
  }
  throw new Error('prometheus has scraped nothing');
}

it.skipIf(!has)('series of the embedded service, from its endpoint and from a real Prometheus, are limits, lanes and part of the record (needs prometheus)', async () => {
  const { baseUrl } = await embedded();
  const address = new URL(baseUrl).host;
  const { dir, write, validRun, record, read } = await project({ 'prometheus.yml': `global: { scrape_interval: 1s }\nscrape_configs: [{ job_name: service, static_configs: [{ targets: ["${address}"] }] }]\n` });
  const server = await prometheus(dir, address);
  const scenario = (limit: string): string => `
name: watched
target: { baseUrl: "${baseUrl}" }
rounds: 1
workloads:
  - name: health
    http: { request: { path: /health }, load: { model: open, rate: 50/s, duration: 3s, warmup: 500ms } }
observe:
  every: 250ms
  prometheus: { url: "${server}" }
  series:
    - { name: queue-length, of: video_queue_length, take: max, critical: at most 10 }
    - { name: health-rate, of: 'http_requests_total{route="/health"}', take: rate, critical: "${limit}" }
    - { name: answer-time, histogram: 'http_request_duration_seconds{route="/health"}', take: p95, warning: at most 5s }
    - { name: scraped, promql: 'up{instance="${address}"}', take: min, warning: at least 1 }
    - { name: resident, promql: process_resident_memory_bytes, take: max, unit: bytes }
    - { name: nonsense, promql: 'sum(', take: max }
    - { name: absent, of: kafka_consumer_lag, take: max, critical: at most 100 }
`;
  await write('good.yaml', scenario('at least 20/s'));
  const good = await validRun(['good.yaml', '--no-control', '--no-compare']);
  expect(good.code, good.stdout + good.stderr).toBe(0);
  const [workload] = (await record()).scenarios[0]?.workloads ?? [];
  const figure = (name: string): number => workload?.observed?.find((each) => each.name === name)?.value ?? Number.NaN;
  expect(figure('queue-length')).toBe(0);
  expect(figure('health-rate')).toBeGreaterThan(40);
  expect(figure('health-rate')).toBeLessThan(60);
  expect(figure('answer-time')).toBeGreaterThan(0);
  expect(figure('scraped')).toBe(1);
  expect(figure('resident')).toBeGreaterThan(10_000_000);
  // Exactly the measured window, which Prometheus is told to the millisecond: nothing before it, nothing after it.
  expect(workload?.observed?.flatMap(({ rounds }) => rounds.flatMap(({ points }) => points.map(([seconds]) => seconds))).every((seconds) => seconds > -0.002 && seconds < 3.002)).toBe(true);
  expect(workload?.notMeasured.map(({ what, reason }) => `${what}: ${reason}`)).toEqual([expect.stringMatching(/^nonsense: Prometheus refuses the query: .*parse error/) as string, expect.stringMatching(/^absent: the endpoint has no kafka_consumer_lag/) as string]);
  expect(workload?.sla.map(({ severity, verdict }) => `${severity} ${verdict}`)).toEqual(['critical pass', 'critical pass', 'warning pass', 'warning pass', 'critical not-measured']);
  expect(good.stdout).toContain('Read from the service');
  expect(await read('reports/latest/report.html')).toContain('Service: queue-length');
  expect(await read('reports/latest/report.md')).toContain('Read from the service');

  await write('bad.yaml', scenario('at most 20/s'));
  const bad = await validRun(['bad.yaml', '--no-control', '--no-compare']);
  expect(bad.code).toBe(1);
  expect(bad.stdout).toMatch(/FAIL.*rate health-rate/);
});
