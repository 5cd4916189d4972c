import { execFile } from 'node:child_process';
import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, expect, it } from 'vitest';
import type { K6Plan } from '../../../src/k6/plan.ts';
import type { RunRecord } from '../../../src/record/schema.ts';
import { segmentLines } from '../../support/k6/points.js';

const MAIN = fileURLToPath(new URL('../../../dist/bundle/cli/main.js', import.meta.url));
const MERGE_ONCE = fileURLToPath(new URL('../../perf/k6/merge-once.js', import.meta.url));
const USAGE = new URL('../../support/usage.js', import.meta.url).href;
const dir = mkdtempSync(join(tmpdir(), 'k6-memory-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const bench = (args: readonly string[], env: Record<string, string> = {}) => promisify(execFile)(process.execPath, ['--import', USAGE, MAIN, ...args], { cwd: dir, env: { ...process.env, ...env } });

/** More seconds and more requests than a merge holds at once: what it keeps of them must not grow with their number. */
it('a merge of many parts and hours stays below 300 MB, and bench k6 merge with its record and reports below 350', async () => {
  const workloads = Array.from({ length: 160 }, (_, n) => `  - { name: w${n}, http: { request: { path: /${n} }, load: { model: open, rate: 2, duration: 90s, warmup: 0s, timeout: 1s } } }`);
  writeFileSync(join(dir, 'many.yaml'), `name: many\ntarget: { baseUrl: "http://api.shop.svc" }\nrounds: 1\nworkloads:\n${workloads.join('\n')}\n`);
  writeFileSync(join(dir, 'bench.config.yaml'), 'allowTargets: [api.shop.svc]\n');
  await bench(['k6', 'export', 'many.yaml', '--parallelism', '1', '--dir', 'out', '--confirm-target', 'api.shop.svc']);
  const plan = JSON.parse(readFileSync(join(dir, 'out', 'plan.json'), 'utf8')) as K6Plan;
  const lines = segmentLines({ plan, segment: 0, latencyMs: (slot) => 5 + (slot % 97) });
  await pipeline(Readable.from(lines).map((line: string) => `${line}\n`), createWriteStream(join(dir, 'points.ndjson')));

  const once = await promisify(execFile)(process.execPath, [MERGE_ONCE, 'files', join(dir, 'out', 'plan.json'), join(dir, 'points.ndjson')]);
  const { peakMB, completed } = JSON.parse(once.stdout) as { peakMB: number; completed: number };
  expect(completed).toBe(160 * 180);
  expect(peakMB).toBeLessThan(300);

  const usage = join(dir, 'usage.json');
  await bench(['k6', 'merge', '--plan', 'out', 'points.ndjson', '--out', 'merged', '--no-compare'], { USAGE_FILE: usage });
  const { scenarios } = JSON.parse(readFileSync(join(dir, 'merged', 'result.json'), 'utf8')) as RunRecord;
  expect(scenarios[0]!.workloads).toHaveLength(160);
  for (const { validity, metrics } of scenarios[0]!.workloads) {
    expect(validity.findings).toEqual([]);
    expect(metrics.find(({ id }) => id === 'latency.p50')!.n).toBe(180);
  }
  const { peakBytes } = JSON.parse(readFileSync(usage, 'utf8')) as { peakBytes: number };
  expect(peakBytes / 1e6).toBeLessThan(350);
});
