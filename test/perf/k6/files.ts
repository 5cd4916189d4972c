import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { makeK6Plan } from '../../../src/k6/make-plan.ts';
import type { K6Plan } from '../../../src/k6/plan.ts';
import { openPlan } from '../../support/k6/plans.ts';
import { segmentLines } from '../../support/k6/points.js';

const PER_SECOND = 5_000;
const POINTS_PER_REQUEST = 15;
/** About, with the digits that k6 writes. */
const BYTES_PER_POINT = 172;

/** A plan whose points are about so many GB of text. */
export function planOfGigabytes(gigabytes: number): K6Plan {
  const durationMs = Math.max(2_000, Math.round((gigabytes * 1e9) / (PER_SECOND * POINTS_PER_REQUEST * BYTES_PER_POINT)) * 1_000);
  return makeK6Plan('perf', [{ workload: 'health', round: 0, load: openPlan({ durationMs, timeoutMs: 10_000, ratePerSecond: PER_SECOND, maxInFlight: 1_000 }), setup: [] }], 1, [], 'perf');
}

export interface Generated {
  /** In the measured time. */
  requests: number;
  pointsPerRequest: number;
}

/** Writes the points of one segment, with as many digits as k6 writes. */
export async function generate(path: string, plan: K6Plan, zipped: boolean): Promise<Generated> {
  const out = createWriteStream(path);
  const sink = zipped ? createGzip() : out;
  if (zipped) sink.pipe(out);
  let piece: string[] = [];
  for (const line of segmentLines({ plan, segment: 0, latencyMs: (slot) => Number((5 + ((slot * 7_919_017) % 100_000_007) / 1e7).toFixed(6)) })) {
    piece.push(line);
    if (piece.length < 5_000) continue;
    if (!sink.write(`${piece.join('\n')}\n`)) await once(sink, 'drain');
    piece = [];
  }
  sink.end(`${piece.join('\n')}\n`);
  await finished(out);
  return { requests: (PER_SECOND * plan.parts[0]!.load.durationMs) / 1_000, pointsPerRequest: POINTS_PER_REQUEST };
}
