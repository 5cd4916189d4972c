import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findCapacity } from '../../../src/find-capacity.ts';
import { seededRandom } from '../../../src/random.ts';
import { KNOWN, type Known } from '../../support/simulators/known.ts';
import { startSimulator } from '../../support/simulators/start.ts';
import { trueCapacity } from '../../support/simulators/truth.ts';
import { table, writeSection } from '../performance-doc.ts';
import { requestFor } from './request.ts';
import { meets, percent, Results, sharesOf, type Outcome } from './results.ts';

/** Length of a trial: a search takes two to four minutes. */
const TRIAL_MS = 5_000;

/** Whole searches over loopback against simulated services in processes of their own. `only`: part of the names. */
export async function simulatorsPart(only: string | null): Promise<boolean> {
  const runs = Number(process.env['RUNS'] ?? 10);
  const results = new Results('simulators');
  const overheadMs = await transportMs();
  process.stdout.write(`loopback and HTTP add ${overheadMs.toFixed(2)} ms\n`);
  const truthOf = ({ spec, limit }: Known): number => trueCapacity(spec, limit.kind === 'latency' ? { ...limit, ms: limit.ms - overheadMs } : limit);
  for (const known of KNOWN.filter(({ name }) => only === null || name.includes(only))) {
    const truth = truthOf(known);
    for (let run = results.of(known.name).length; run < runs; run += 1) {
      const startedAt = performance.now();
      const outcome = await searchOver(known, truth, run);
      results.add(known.name, [outcome]);
      process.stdout.write(`${known.name}: run ${run + 1}/${runs}, found / truth ${outcome.ratio?.toFixed(3) ?? 'nothing'}, ${outcome.covered ? 'covered' : 'not covered'}, ${((performance.now() - startedAt) / 1_000).toFixed(0)} s\n`);
      write(results, truthOf, overheadMs);
    }
  }
  return write(results, truthOf, overheadMs);
}

function write(results: Results, truthOf: (known: Known) => number, overheadMs: number): boolean {
  const measured = KNOWN.filter(({ name }) => results.of(name).length > 0).map((known) => ({ known, shares: sharesOf(results.of(known.name)) }));
  const met = measured.every(({ shares }) => meets(shares));
  const body = [
    `Whole searches with \`bench capacity\`'s own code over loopback, trials of at most ${TRIAL_MS / 1_000} s, against simulated services in processes of their own. Loopback and HTTP add ${overheadMs.toFixed(2)} ms (median, measured on a service that answers after 10 ms), which the capacities here take off the limit.`,
    '',
    table(['service and limit', 'capacity', 'runs', 'found / truth, median', 'within 10 %', 'interval holds the truth'], measured.map(({ known, shares }) => [known.name, `${truthOf(known).toFixed(0)}/s`, String(shares.runs), shares.median.toFixed(3), percent(shares.within), percent(shares.covered)])),
    '',
    `Bound: within 10 % and covered in at least nine of ten: ${met ? 'met' : 'NOT met'}. Repeat it with \`npm run perf:capacity simulators\`; it goes on where it was stopped.`,
  ].join('\n');
  writeSection('capacity-simulators', 'The search, over loopback', body, 'capacity');
  return met;
}

async function searchOver({ spec, limit }: Known, truth: number, run: number): Promise<Outcome> {
  const sla = limit.kind === 'latency' ? `{ latency: { p${limit.quantile * 100}: ${limit.ms}ms } }` : `{ errorRate: ${limit.share * 100}% }`;
  return withSimulator(spec, sla, async (request) => {
    const random = seededRandom(run + 1);
    const fromPerSecond = (truth / 4) * (0.8 + 0.4 * random());
    const { record, failure } = await findCapacity({ ...request, profile: 'nightly', seed: run + 1, workload: null, fromPerSecond, upToPerSecond: 20_000, resolution: 0.05, longestTrialMs: TRIAL_MS, resume: null }, () => undefined, NEVER);
    if (failure !== undefined) throw new Error('the run failed', { cause: failure });
    const { estimate, outcome } = record;
    // A generator that gave way says nothing of the search: the run is no run.
    if (outcome?.type === 'generator-limited') throw new Error('the load generator gave way: this machine is too busy to measure on');
    return estimate === null ? { ratio: null, covered: false } : { ratio: estimate.ratePerSecond / truth, covered: estimate.low <= truth && truth <= estimate.high };
  });
}

const NEVER = { signal: new AbortController().signal, by: () => null };

/** What the way there and back adds to every answer. */
async function transportMs(): Promise<number> {
  const plainMs = 10;
  const simulator = await startSimulator({ kind: 'queue', servers: 100, serviceMs: plainMs, service: 'deterministic' });
  try {
    const times: number[] = [];
    for (let request = 0; request < 300; request += 1) {
      const startedAt = performance.now();
      await (await fetch(simulator.url)).text();
      times.push(performance.now() - startedAt);
    }
    return Math.max(0, (times.sort((a, b) => a - b)[150] ?? plainMs) - plainMs);
  } finally {
    await simulator.stop();
  }
}

/** A simulated service, and a scenario that loads it, for as long as `use` takes. */
async function withSimulator<T>(spec: Known['spec'], sla: string, use: (request: ReturnType<typeof requestFor>) => Promise<T>): Promise<T> {
  const simulator = await startSimulator(spec);
  const dir = await mkdtemp(join(tmpdir(), 'readybench-perf-'));
  try {
    await writeFile(join(dir, 'simulated.yaml'), `name: simulated\ntarget: { baseUrl: "${simulator.url}" }\nworkloads:\n  - name: request\n    http:\n      request: { path: / }\n      load: { model: open, rate: 100/s, arrivals: poisson, duration: 1s, timeout: 5s }\n    sla: ${sla}\n`);
    return await use(requestFor(dir));
  } finally {
    await simulator.stop();
    await rm(dir, { recursive: true, force: true });
  }
}
