/**
 * How fast points of k6 are merged and in how much memory, from files and from Prometheus, and what that makes of large tests on paper.
 * Writes docs/scale.md.
 *
 *   npm run perf:k6                (GB=1, of text; PRICE=0.04, of a core hour)
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findExecutable } from '../../src/host/executables.ts';
import { mergeSegments } from '../../src/k6/merge/merge.ts';
import { PrometheusClient } from '../../src/k6/prometheus/client.ts';
import { readFromPrometheus } from '../../src/k6/prometheus/read.ts';
import { startPrometheus } from '../support/k6/prometheus.ts';
import { generate, planOfGigabytes, type Generated } from './k6/files.ts';
import { paper, POINTS, type Figures } from './k6/paper.ts';
import { PODS, prometheusPlan, writePods } from './k6/pods.ts';
import { table, writeSection } from './performance-doc.ts';

const BOUND = { pointsPerCpuSecond: 500_000, memoryMB: 300 };
const gigabytes = Number(process.env['GB'] ?? 1);
const price = Number(process.env['PRICE'] ?? 0.04);

/** What a merge in a process of its own says. */
interface Merged {
  points: number;
  bytes: number;
  seconds: number;
  cpuSeconds: number;
  peakMB: number;
  findings: string[];
  completed: number;
}

const [, , mode, where] = process.argv;
if (mode === 'files' && where !== undefined) await measured(() => mergeSegments(planOfGigabytes(gigabytes), [where]));
else if (mode === 'prometheus' && where !== undefined) await measured(() => readFromPrometheus(prometheusPlan(), new PrometheusClient(where, undefined), { sinceMs: 7_200_000, nowMs: Date.now() }));
else await main();

async function measured(merge: () => ReturnType<typeof mergeSegments>): Promise<void> {
  let peak = 0;
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 20);
  const startMs = performance.now();
  const cpu = process.cpuUsage();
  const { points, bytes, parts } = await merge();
  const seconds = (performance.now() - startMs) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  clearInterval(watch);
  const { findings = [], requests } = parts[0]!.result;
  const said: Merged = { points, bytes, seconds, cpuSeconds: (user + system) / 1e6, peakMB: Math.max(peak, process.memoryUsage().rss) / 1e6, findings: findings.map(({ code }) => code), completed: requests[0]!.completed };
  process.stdout.write(JSON.stringify(said));
}

function inItsOwnProcess(...args: string[]): Merged {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--import', './scripts/ts.js', 'test/perf/k6.ts', ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Merged;
}

async function main(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'k6-perf-'));
  try {
    const rows: string[][] = [];
    const all: { kind: 'plain' | 'gzip'; merged: Merged; onDisk: number }[] = [];
    let generated: Generated | null = null;
    for (const kind of ['plain', 'gzip'] as const) {
      const path = join(dir, kind === 'plain' ? 'points.ndjson' : 'points.ndjson.gz');
      generated = await generate(path, planOfGigabytes(gigabytes), kind === 'gzip');
      const onDisk = statSync(path).size;
      for (let run = 0; run < (gigabytes > 2 ? 1 : 3); run += 1) {
        const merged = inItsOwnProcess('files', path);
        if (merged.findings.length > 0 || merged.completed !== generated.requests) throw new Error(`merged wrongly: ${merged.completed} completed, ${merged.findings.join(', ')}`);
        all.push({ kind, merged, onDisk });
        const { points, bytes, seconds, cpuSeconds, peakMB } = merged;
        rows.push([kind, `${(onDisk / 1e6).toFixed(0)} MB`, `${(bytes / 1e6).toFixed(0)} MB`, `${(points / 1e6).toFixed(1)} million`, `${seconds.toFixed(1)} s`, `${(points / cpuSeconds / 1e3).toFixed(0)} thousand`, `${peakMB.toFixed(0)} MB`]);
      }
      rmSync(path);
    }
    const rate = (kind: 'plain' | 'gzip'): number => median(all.filter((each) => each.kind === kind).map(({ merged: { points, cpuSeconds } }) => points / cpuSeconds));
    const plain = all.find(({ kind }) => kind === 'plain')!;
    const figures: Figures = {
      points: POINTS,
      merge: { pointsPerCpuSecond: rate('plain'), zippedPointsPerCpuSecond: rate('gzip'), peakMemoryMB: Math.max(...all.map(({ merged }) => merged.peakMB)), largestGB: plain.merged.bytes / 1e9 },
      prometheus: await fromPrometheus(),
    };
    const met = figures.merge.pointsPerCpuSecond >= BOUND.pointsPerCpuSecond && figures.merge.peakMemoryMB <= BOUND.memoryMB;
    const files = [
      'Generated points of the generic script, merged in a process of its own.',
      '',
      table(['file', 'on disk', 'text', 'points', 'time', 'points a CPU second', 'peak memory (RSS)'], rows),
      '',
      `Bound: at least ${BOUND.pointsPerCpuSecond / 1e3} thousand points a CPU second of plain text, at most ${BOUND.memoryMB} MB: ${met ? 'met' : 'NOT met'}.`,
    ].join('\n');
    process.stdout.write(`${files}\n\n${paper(figures, { coreHour: price })}\n`);
    writeSection('k6-merge', 'Merging the points of k6', files, { page: 'scale' });
    writeSection('k6-paper', 'Large tests on paper', paper(figures, { coreHour: price }), { page: 'scale' });
    if (!met) process.exitCode = 1;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function fromPrometheus(): Promise<Figures['prometheus']> {
  const path = findExecutable('prometheus');
  if (path === null) return null;
  const server = await startPrometheus(path);
  try {
    const { seriesPerPod, bytesPerSeries } = await writePods(server.url);
    const { seconds, peakMB, findings, completed } = inItsOwnProcess('prometheus', server.url);
    if (findings.join() !== 'k6-histogram-resolution' || completed === 0) throw new Error(`read wrongly: ${completed} completed, ${findings.join(', ')}`);
    return { pods: PODS, seriesPerPod, bytesPerSeries, mergeSeconds: seconds, mergeMemoryMB: peakMB };
  } finally {
    await server.stop();
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
