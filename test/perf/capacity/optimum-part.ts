import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { throughputAt } from '../../../src/capacity/scaling/law.ts';
import { scaleCapacity } from '../../../src/scale-capacity.ts';
import { SHARED } from '../../support/simulators/known.ts';
import { startSimulator } from '../../support/simulators/start.ts';
import { table, writeSection } from '../performance-doc.ts';
import { requestFor } from './request.ts';
import { meets, percent, Results, sharesOf, type Outcome } from './results.ts';

const LEVELS = [1, 2, 4, 8, 12, 16, 24];
const NEVER = { signal: new AbortController().signal, by: () => null };

/** A service that loses coherence: the concurrency and throughput of its optimum, by the fitted law, against the true ones. */
export async function optimumPart(): Promise<boolean> {
  const runs = Number(process.env['RUNS'] ?? 10);
  const results = new Results('optimum');
  const at = Math.sqrt((1 - SHARED.sigma) / SHARED.kappa);
  const truth = { concurrency: at, throughput: throughputAt(SHARED, at) };
  for (let run = results.of('concurrency').length; run < runs; run += 1) {
    const found = await scaleOnce(run);
    results.add('concurrency', [outcome(found?.concurrency ?? null, truth.concurrency, found)]);
    results.add('throughput', [outcome(found?.throughput ?? null, truth.throughput, null)]);
    process.stdout.write(`optimum: run ${run + 1}/${runs}, ${found === null ? 'none' : `${found.throughput.toFixed(0)}/s at ${found.concurrency.toFixed(1)}`}; truth ${truth.throughput.toFixed(0)}/s at ${truth.concurrency.toFixed(1)}\n`);
  }
  const [where, much] = [sharesOf(results.of('concurrency')), sharesOf(results.of('throughput'))];
  const met = meets(where) && much.within >= 0.9;
  const body = [
    `\`bench capacity scale\` over loopback (levels ${LEVELS.join(', ')}, three rounds of 3 s) against a service that is shared by the law itself: σ ${SHARED.sigma}, κ ${SHARED.kappa}, λ ${SHARED.lambda}/s.`,
    '',
    table(['optimum', 'truth', 'runs', 'found / truth, median', 'within 10 %', 'interval holds the truth'], [
      ['at once', truth.concurrency.toFixed(1), String(where.runs), where.median.toFixed(3), percent(where.within), percent(where.covered)],
      ['throughput', `${truth.throughput.toFixed(0)}/s`, String(much.runs), much.median.toFixed(3), percent(much.within), '–'],
    ]),
    '',
    `Bound: within 10 % and covered in at least nine of ten: ${met ? 'met' : 'NOT met'}. Repeat it with \`npm run perf:capacity optimum\`; it goes on where it was stopped.`,
  ].join('\n');
  process.stdout.write(`\n${body}\n`);
  writeSection('capacity-optimum', 'The optimum of a service that loses coherence', body, 'capacity');
  return met;
}

interface Found {
  concurrency: number;
  throughput: number;
  low: number | null;
  high: number | null;
}

function outcome(found: number | null, truth: number, interval: Found | null): Outcome {
  return { ratio: found === null ? null : found / truth, covered: interval !== null && interval.low !== null && interval.low <= truth && truth <= (interval.high ?? Infinity) };
}

async function scaleOnce(run: number): Promise<Found | null> {
  const simulator = await startSimulator(SHARED);
  const dir = await mkdtemp(join(tmpdir(), 'readybench-perf-'));
  try {
    await writeFile(join(dir, 'simulated.yaml'), `name: simulated\ntarget: { baseUrl: "${simulator.url}" }\nworkloads:\n  - name: request\n    http: { request: { path: / }, load: { model: closed, connections: 1, duration: 1s } }\n`);
    const { record, failure } = await scaleCapacity({ ...requestFor(dir), seed: run + 1, rounds: 3, workload: null, levels: LEVELS, trialMs: null }, () => undefined, NEVER);
    if (failure !== undefined) throw new Error('the run failed', { cause: failure });
    const fit = record.series[0]?.fit;
    return fit?.type === 'fitted' && fit.peak.type === 'at' ? fit.peak : null;
  } finally {
    await simulator.stop();
    await rm(dir, { recursive: true, force: true });
  }
}
