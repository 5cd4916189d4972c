import { once } from 'node:events';
import { createReadStream, createWriteStream, writeFileSync } from 'node:fs';
import { finished, pipeline } from 'node:stream/promises';
import { createGzip, gzipSync } from 'node:zlib';
import { makeK6Plan } from '../../../src/k6/make-plan.ts';
import type { K6Plan } from '../../../src/k6/plan.ts';
import { openPlan } from '../../support/k6/plans.ts';
import { segmentLines } from '../../support/k6/points.js';

const PER_SECOND = 5_000;
/** What one pod is planned with (paper.ts). */
const PER_SECOND_OF_POD = 950;
const POINTS_PER_REQUEST = 15;
/** About, with the digits that k6 writes. */
const BYTES_PER_POINT = 172;

/** A plan whose points are about so many GB of text. */
export function planOfGigabytes(gigabytes: number): K6Plan {
  return planOf(gigabytes, PER_SECOND, 1, 'perf');
}

/** The same, of many pods. */
export function planOfPods(gigabytes: number, pods: number): K6Plan {
  return planOf(gigabytes, PER_SECOND_OF_POD * pods, pods, 'pods');
}

function planOf(gigabytes: number, ratePerSecond: number, segments: number, id: string): K6Plan {
  const durationMs = Math.max(2_000, Math.round((gigabytes * 1e9) / (ratePerSecond * POINTS_PER_REQUEST * BYTES_PER_POINT)) * 1_000);
  return makeK6Plan('perf', [{ workload: 'health', round: 0, load: openPlan({ durationMs, timeoutMs: 10_000, ratePerSecond, maxInFlight: 1_000 * segments }), setup: [] }], segments, [], id);
}

/** More requests and more seconds than a merge holds at once: 200 workloads, 3.3 hours. */
export function planOfMany(): K6Plan {
  return makeK6Plan('perf', Array.from({ length: 200 }, (_, n) => ({ workload: `w${n}`, round: 0, load: openPlan({ warmupMs: 0, durationMs: 60_000, ratePerSecond: 50 }), setup: [] })), 1, [], 'many');
}

/** Requests of a plan in its measured time. */
export function requestsOf({ parts }: K6Plan): number {
  return parts.reduce((sum, { load }) => sum + (load.model === 'open' ? (load.ratePerSecond * load.durationMs) / 1_000 : 0), 0);
}

const lines = (plan: K6Plan, segment: number): Generator<string> => segmentLines({ plan, segment, latencyMs: (slot) => Number((5 + ((slot * 7_919_017) % 100_000_007) / 1e7).toFixed(6)) });

/** Writes the points of one segment, with as many digits as k6 writes. @param skipped lines at its beginning that are left out */
export async function generate(path: string, plan: K6Plan, zipped: boolean, skipped = 0): Promise<void> {
  const out = createWriteStream(path);
  const sink = zipped ? createGzip() : out;
  if (zipped) sink.pipe(out);
  let piece: string[] = [];
  let left = skipped;
  for (const line of lines(plan, 0)) {
    if (left > 0) {
      left -= 1;
      continue;
    }
    piece.push(line);
    if (piece.length < 5_000) continue;
    if (!sink.write(`${piece.join('\n')}\n`)) await once(sink, 'drain');
    piece = [];
  }
  sink.end(`${piece.join('\n')}\n`);
  await finished(out);
}

/** How a segment's file begins, its start included. */
export function headOf(plan: K6Plan, segment: number): string[] {
  const head: string[] = [];
  for (const line of lines(plan, segment)) {
    head.push(line);
    if (line.includes('"bench_start"')) return head;
  }
  return head;
}

/** A pod's file of its own beginning and points that all pods have in common; gzipped, in two members. */
export async function fileOfPod(path: string, plan: K6Plan, segment: number, common: string, zipped: boolean): Promise<void> {
  const head = `${headOf(plan, segment).join('\n')}\n`;
  writeFileSync(path, zipped ? gzipSync(head) : head);
  await pipeline(createReadStream(common, { highWaterMark: 1 << 20 }), createWriteStream(path, { flags: 'a' }));
}
