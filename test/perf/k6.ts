/**
 * How fast points of k6 are merged and in how much memory, from files and from Prometheus, and what that makes of large tests on paper.
 * Writes docs/scale.md.
 *
 *   npm run perf:k6                          (GB=1, of text; PRICE=0.04, of a core hour)
 *   LARGE_GB=20 PODS=20 npm run perf:k6      the largest merge alone; half of the text has to fit on the disk
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findExecutable } from '../../src/host/executables.ts';
import type { K6Plan } from '../../src/k6/plan.ts';
import { passesOf } from '../../src/k6/merge/passes.ts';
import { startPrometheus } from '../support/k6/prometheus.ts';
import { generate, planOfGigabytes, planOfMany, requestsOf } from './k6/files.ts';
import { large } from './k6/large.ts';
import { mergeInProcess, millions, type Merged } from './k6/merge-in-process.ts';
import { paper, POINTS, type Figures } from './k6/paper.ts';
import { PODS, prometheusPlan, writePods } from './k6/pods.ts';
import { table, writeSection } from './performance-doc.ts';

const BOUND = { pointsPerCpuSecond: 500_000, memoryMB: 300 };
const gigabytes = Number(process.env['GB'] ?? 1);
const price = Number(process.env['PRICE'] ?? 0.04);

/** One merge of the table. */
interface Row {
  kind: 'plain' | 'gzip' | 'many';
  merged: Merged;
  onDisk: number;
}

const dir = mkdtempSync(join(tmpdir(), 'k6-perf-'));
try {
  const met = process.env['LARGE_GB'] === undefined ? await ordinary() : await largest(Number(process.env['LARGE_GB']), Number(process.env['PODS'] ?? 20));
  if (!met) process.exitCode = 1;
} finally {
  rmSync(dir, { recursive: true, force: true });
}

async function largest(size: number, pods: number): Promise<boolean> {
  const { text, met } = await large(dir, size, pods, BOUND);
  process.stdout.write(`${text}\n`);
  writeSection('k6-large', 'The largest merge', text, { page: 'scale' });
  return met;
}

async function ordinary(): Promise<boolean> {
  const times = gigabytes > 2 ? 1 : 3;
  const plan = planOfGigabytes(gigabytes);
  const rows = [...(await merges('plain', plan, times)), ...(await merges('gzip', plan, times)), ...(await merges('many', planOfMany(), 1))];
  const rate = (kind: Row['kind']): number => median(rows.filter((each) => each.kind === kind).map(({ merged: { points, cpuSeconds } }) => points / cpuSeconds));
  const figures: Figures = {
    points: POINTS,
    merge: { pointsPerCpuSecond: rate('plain'), zippedPointsPerCpuSecond: rate('gzip'), peakMemoryMB: Math.max(...rows.map(({ merged }) => merged.peakMB)), largestGB: rows[0]!.merged.bytes / 1e9 },
    prometheus: await fromPrometheus(),
  };
  const met = figures.merge.pointsPerCpuSecond >= BOUND.pointsPerCpuSecond && figures.merge.peakMemoryMB <= BOUND.memoryMB;
  const passes = passesOf(planOfMany().parts).length;
  const files = [
    'Generated points of the generic script, merged in a process of its own, as it was built.',
    '',
    table(
      ['file', 'on disk', 'text', 'points', 'time', 'points a CPU second', 'peak memory (RSS)'],
      rows.map(({ kind, onDisk, merged: { points, bytes, seconds, cpuSeconds, peakMB } }) => [kind, `${(onDisk / 1e6).toFixed(0)} MB`, `${(bytes / 1e6).toFixed(0)} MB`, millions(points), `${seconds.toFixed(1)} s`, `${(points / cpuSeconds / 1e3).toFixed(0)} thousand`, `${peakMB.toFixed(0)} MB`]),
    ),
    '',
    `\`many\`: 200 workloads of 60 s in one plain file, which is read ${passes} times: what is held of requests and seconds at once is bounded.`,
    '',
    `Bound: at least ${BOUND.pointsPerCpuSecond / 1e3} thousand points a CPU second of plain text, at most ${BOUND.memoryMB} MB: ${met ? 'met' : 'NOT met'}.`,
  ].join('\n');
  process.stdout.write(`${files}\n\n${paper(figures, { coreHour: price })}\n`);
  writeSection('k6-merge', 'Merging the points of k6', files, { page: 'scale' });
  writeSection('k6-paper', 'Large tests on paper', paper(figures, { coreHour: price }), { page: 'scale' });
  return met;
}

async function merges(kind: Row['kind'], plan: K6Plan, times: number): Promise<Row[]> {
  const path = join(dir, kind === 'gzip' ? 'points.ndjson.gz' : 'points.ndjson');
  await generate(path, plan, kind === 'gzip');
  const onDisk = statSync(path).size;
  const rows = Array.from({ length: times }, (): Row => {
    const merged = mergeInProcess('files', dir, plan, [path]);
    if (merged.findings.length > 0 || merged.completed !== requestsOf(plan)) throw new Error(`merged wrongly: ${merged.completed} of ${requestsOf(plan)} completed, ${merged.findings.join(', ')}`);
    return { kind, merged, onDisk };
  });
  rmSync(path);
  return rows;
}

async function fromPrometheus(): Promise<Figures['prometheus']> {
  const path = findExecutable('prometheus');
  if (path === null) return null;
  const server = await startPrometheus(path);
  try {
    const { seriesPerPod, bytesPerSeries } = await writePods(server.url);
    const { seconds, peakMB, findings, completed } = mergeInProcess('prometheus', dir, prometheusPlan(), [server.url]);
    if (findings.join() !== 'k6-histogram-resolution' || completed === 0) throw new Error(`read wrongly: ${completed} completed, ${findings.join(', ')}`);
    return { pods: PODS, seriesPerPod, bytesPerSeries, mergeSeconds: seconds, mergeMemoryMB: peakMB };
  } finally {
    await server.stop();
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
