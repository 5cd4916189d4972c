/**
 * How fast points of k6 are merged, and in how much memory: generated points as the generic script makes them.
 *
 *   npm run perf:k6                (GB=1, of plain text)
 */
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { finished } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { once } from 'node:events';
import { mergeSegments } from '../../src/k6/merge/merge.ts';
import { makeK6Plan } from '../../src/k6/make-plan.ts';
import { plainGet, single, type OpenPlan } from '../../src/load/plan.ts';
import { segmentLines } from '../support/k6/points.js';
import { table, writeSection } from './performance-doc.ts';

const BOUND = { pointsPerSecond: 500_000, memoryMB: 300 };
const gigabytes = Number(process.env['GB'] ?? 1);
const PER_SECOND = 5_000;
/** 15 points of about 190 bytes for each request. */
const durationMs = Math.max(2_000, Math.round((gigabytes * 1e9) / (PER_SECOND * 15 * 165)) * 1_000);

const load: OpenPlan = {
  model: 'open', target: { origin: 'http://127.0.0.1:8080', addresses: [{ address: '127.0.0.1', family: 4 }], insecureTls: false }, flows: [single(plainGet('/health'))], data: null, cookies: null,
  connection: 'keep-alive', warmupMs: 1_000, durationMs, timeoutMs: 10_000, seed: 1, ratePerSecond: PER_SECOND, stages: [], arrivals: 'constant', maxInFlight: 1_000, workers: 1, share: { index: 0, of: 1 },
};
const plan = makeK6Plan('perf', [{ workload: 'health', round: 0, load, setup: [] }], 1, [], 'perf');

const [, , mode, file] = process.argv;
if (mode === 'merge' && file !== undefined) {
  let peak = 0;
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 20);
  const startMs = performance.now();
  const cpu = process.cpuUsage();
  const { points, bytes, parts } = await mergeSegments(plan, [file]);
  const seconds = (performance.now() - startMs) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  clearInterval(watch);
  const { findings = [], requests } = parts[0]!.result;
  process.stdout.write(JSON.stringify({ points, bytes, seconds, cpuSeconds: (user + system) / 1e6, peak: Math.max(peak, process.memoryUsage().rss), findings: findings.map(({ code }) => code), completed: requests[0]?.completed }));
} else {
  const dir = mkdtempSync(join(tmpdir(), 'k6-perf-'));
  try {
    const rows: string[][] = [];
    let met = true;
    for (const kind of ['plain', 'gzip'] as const) {
      const path = join(dir, kind === 'plain' ? 'points.ndjson' : 'points.ndjson.gz');
      await generate(path, kind === 'gzip');
      for (let run = 0; run < 3; run += 1) {
        const { stdout, stderr, status } = spawnSync(process.execPath, ['--import', './scripts/ts.js', 'test/perf/k6-merge.ts', 'merge', path], { encoding: 'utf8' });
        if (status !== 0) throw new Error(stderr);
        const { points, bytes, seconds, cpuSeconds, peak, findings, completed } = JSON.parse(stdout) as { points: number; bytes: number; seconds: number; cpuSeconds: number; peak: number; findings: string[]; completed: number };
        if (findings.length > 0 || completed !== (PER_SECOND * durationMs) / 1_000) throw new Error(`merged wrongly: ${completed} completed, ${findings.join(', ')}`);
        met &&= points / cpuSeconds >= BOUND.pointsPerSecond && peak / 1e6 <= BOUND.memoryMB;
        rows.push([kind, `${(statSync(path).size / 1e6).toFixed(0)} MB`, `${(bytes / 1e6).toFixed(0)} MB`, `${(points / 1e6).toFixed(1)} million`, `${seconds.toFixed(1)} s`, `${(points / seconds / 1e3).toFixed(0)} thousand`, `${(points / cpuSeconds / 1e3).toFixed(0)} thousand`, `${(peak / 1e6).toFixed(0)} MB`]);
      }
      rmSync(path);
    }
    const body = [
      'Generated points of the generic script (15 for each request, 3 of them read in full), merged in a process of its own; three runs each.',
      '',
      table(['file', 'on disk', 'text', 'points', 'time', 'points a second', 'points a CPU second', 'peak memory (RSS)'], rows),
      '',
      `Bound: at least ${BOUND.pointsPerSecond / 1e3} thousand points a CPU second, at most ${BOUND.memoryMB} MB: ${met ? 'met' : 'NOT met'}. Repeat it with \`npm run perf:k6\`.`,
    ].join('\n');
    process.stdout.write(`${body}\n`);
    writeSection('k6', 'Merging the points of k6', body);
    if (!met) process.exitCode = 1;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function generate(path: string, zipped: boolean): Promise<void> {
  const out = createWriteStream(path);
  const sink = zipped ? createGzip({ level: 1 }) : out;
  if (zipped) sink.pipe(out);
  let piece: string[] = [];
  for (const line of segmentLines({ plan, segment: 0, latencyMs: (slot) => 5 + ((slot * 7_919) % 100_003) / 1e4 })) {
    piece.push(line);
    if (piece.length < 5_000) continue;
    if (!sink.write(`${piece.join('\n')}\n`)) await once(sink, 'drain');
    piece = [];
  }
  sink.end(`${piece.join('\n')}\n`);
  await finished(out);
}
