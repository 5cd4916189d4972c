/**
 * The open loop against servers that log how long each of their answers took: how far its percentiles are from that truth.
 *
 *   npm run perf:load-truth      (SECONDS_EACH=4 TURNS=3; the server on core 1)
 */
import { spawnSync } from 'node:child_process';
import { setTimeout as after } from 'node:timers/promises';
import { poissonArrivals } from '../../src/load/arrivals.ts';
import { Histogram } from '../../src/load/histogram.ts';
import { plainGet, single, type OpenPlan } from '../../src/load/plan.ts';
import { LoadGenerator } from '../../src/load/thread.ts';
import { median } from 'simple-statistics';
import { startTruthServer, type Behaviour } from '../support/servers/start.ts';
import { wrk2 } from './load/peers.ts';
import { table, writeSection } from './performance-doc.ts';

const seconds = Number(process.env['SECONDS_EACH'] ?? 4);
const turns = Number(process.env['TURNS'] ?? 3);
const WARM_UP_MS = 2_000;
const GENERATOR_CORE = 0;
const SERVER_CORE = 1;
const RATES = [100, 500, 2_000];
const QUANTILES = [0.5, 0.9, 0.95, 0.99] as const;
const BOUND = { ms: 1, share: 0.01 };
const LOGNORMAL = { medianMs: 20, sigma: 0.6, size: 97, seed: 11 };
const STALL = { ms: 20, periodMs: 2_000, frozenMs: 400 };
const KS = { seeds: 20, gaps: 10_000, critical: 1.628 };

/** What each server does. */
const SERVERS: readonly { name: string; behaviour: Behaviour }[] = [
  { name: 'fixed, 20 ms', behaviour: { kind: 'fixed', ms: 20 } },
  { name: 'log-normal, median 20 ms, σ 0.6', behaviour: { kind: 'lognormal', ...LOGNORMAL } },
  { name: '5 ms, every 5th 90 ms', behaviour: { kind: 'bimodal', ms: 5, slowMs: 90, every: 5 } },
  { name: '20 ms, frozen for 400 ms of every 2 s', behaviour: { kind: 'stalling', ...STALL } },
  { name: '20 ms, closes every 10th', behaviour: { kind: 'closing', ms: 20, every: 10, announced: true } },
  { name: '20 ms, slow body', behaviour: { kind: 'slowBody', ms: 20, chunks: 4 } },
];

const measured = SERVERS.flatMap(({ name, behaviour }) => RATES.map((ratePerSecond) => ({ name, behaviour, ratePerSecond, turns: [] as { errorsMs: number[]; truthsMs: number[] }[] })));
const generator = new LoadGenerator();
for (let turn = 0; turn < turns; turn += 1) {
  for (const each of turn % 2 === 0 ? measured : measured.toReversed()) each.turns.push(await compare(each.behaviour, each.ratePerSecond));
  process.stdout.write(`turn ${turn + 1}/${turns} done\n`);
}
await generator.close();
const judged = measured.map(({ name, ratePerSecond, turns: all }) => {
  const errorsMs = QUANTILES.map((_, index) => median(all.map(({ errorsMs: own }) => own[index] ?? Number.NaN)));
  const shares = errorsMs.map((error, index) => Math.abs(error) / Math.max(BOUND.ms, BOUND.share * median(all.map(({ truthsMs }) => truthsMs[index] ?? Number.NaN))));
  return { name, ratePerSecond, errorsMs, shares };
});
const rows = judged.map(({ name, ratePerSecond, errorsMs, shares }) => [name, ratePerSecond.toLocaleString('en-US'), ...errorsMs.map((error, index) => `${signed(error)}${(shares[index] ?? 0) > 1 ? ' !' : ''}`)]);
const peerRows = existsOnPath('wrk2') ? await peerErrors() : [];
const allShares = judged.flatMap(({ shares }) => shares);
const outside = allShares.filter((share) => !(share <= 1)).length;

function existsOnPath(command: string): boolean {
  return spawnSync('which', [command]).status === 0;
}

/** wrk2 against the same server: what the machine adds to any generator is in its errors too. */
async function peerErrors(): Promise<string[][]> {
  const [fixed] = SERVERS;
  const rows: string[][] = [];
  for (const ratePerSecond of fixed === undefined ? [] : RATES) {
    const errors: { p50: number; p99: number }[] = [];
    for (let turn = 0; turn < turns; turn += 1) {
      const server = await startTruthServer(fixed?.behaviour ?? { kind: 'fixed', ms: 20 }, SERVER_CORE);
      try {
        const { p50Ms, p99Ms } = await wrk2({ origin: server.origin, ratePerSecond, connections: Math.max(4, ratePerSecond / 20), seconds, core: GENERATOR_CORE });
        const [p50 = Number.NaN, , , p99 = Number.NaN] = quantilesOf((await server.log()).took.slice(-seconds * ratePerSecond));
        errors.push({ p50: p50Ms - p50, p99: p99Ms - p99 });
      } finally {
        await server.stop();
      }
    }
    rows.push([`${fixed?.name ?? ''}, by wrk2`, ratePerSecond.toLocaleString('en-US'), signed(median(errors.map(({ p50 }) => p50))), '-', '-', signed(median(errors.map(({ p99 }) => p99)))]);
  }
  return rows;
}

function signed(ms: number): string {
  return `${ms >= 0 ? '+' : '−'}${Math.abs(ms).toFixed(2)}`;
}

function quantilesOf(took: readonly (number | null)[]): number[] {
  const sorted = took.flatMap((ms) => ms ?? []).sort((a, b) => a - b);
  return QUANTILES.map((q) => sorted[Math.ceil(q * sorted.length - 1e-9) - 1] ?? Number.NaN);
}

async function compare(behaviour: Behaviour, ratePerSecond: number): Promise<{ errorsMs: number[]; truthsMs: number[] }> {
  const server = await startTruthServer(behaviour, SERVER_CORE);
  try {
    const { requests } = await generator.run(planOf(server.origin, ratePerSecond));
    const latency = new Histogram();
    requests.forEach((request) => latency.add(Histogram.fromData(request.latency)));
    // Requests of the warm-up come first and are not in the percentiles.
    const truthsMs = quantilesOf((await server.log()).took.slice(-latency.count));
    return { truthsMs, errorsMs: QUANTILES.map((q, index) => (latency.quantile(q) ?? Number.NaN) / 1_000 - (truthsMs[index] ?? Number.NaN)) };
  } finally {
    await server.stop();
    await after(100);
  }
}

const rejected = Array.from({ length: KS.seeds }, (_, seed) => distance(seed)).filter((d) => d > KS.critical / Math.sqrt(KS.gaps)).length;
const body = [
  `Open loop with constant arrivals, ${seconds} s each after ${WARM_UP_MS / 1_000} s of warm-up, from a thread that is kept as in the rounds of a run, ${turns} turns, against a server on core ${SERVER_CORE} that logs how long each answer took, from its reading the request to its writing the last byte. Error of the percentile, measured − logged, in ms, median of the turns; what the machine adds between the two processes is in it.`,
  '',
  table(['server', 'rate, 1/s', 'p50', 'p90', 'p95', 'p99'], [...rows, ...peerRows]),
  '',
  `- At most max(1 ms, 1 %) from the truth (others are marked !): ${outside === 0 ? 'met' : `NOT met by ${outside} of ${allShares.length} figures`}; the worst is ${Math.max(...allShares).toFixed(2)} × the bound.`,
  `- Poisson arrivals against the exponential (Kolmogorov-Smirnov, 1 %, ${KS.gaps.toLocaleString('en-US')} gaps of each of ${KS.seeds} seeds): ${rejected} rejected.`,
  '',
  'Repeat it with `npm run perf:load-truth`.',
].join('\n');
process.stdout.write(`\n${body}\n`);
writeSection('load-truth', 'Latencies against the truth', body);

function planOf(origin: string, ratePerSecond: number): OpenPlan {
  return {
    model: 'open', target: { origin, addresses: [{ address: '127.0.0.1', family: 4 }], insecureTls: false },
    flows: [single(plainGet('/'))], data: null, cookies: null, connection: 'keep-alive', ratePerSecond, stages: [], arrivals: 'constant',
    warmupMs: WARM_UP_MS, durationMs: seconds * 1_000, timeoutMs: 5_000, maxInFlight: 5_000, workers: 1, share: { index: 0, of: 1 }, seed: 1,
  };
}

/** Kolmogorov-Smirnov distance of the gaps of a seed from the exponential distribution. */
function distance(seed: number): number {
  const arrivals = poissonArrivals(1_000, Number.POSITIVE_INFINITY, seed);
  let before = 0;
  const gaps = Array.from({ length: KS.gaps }, () => {
    const atMs = arrivals.next();
    const gap = atMs - before;
    before = atMs;
    return gap;
  }).sort((a, b) => a - b);
  return Math.max(...gaps.map((gap, index) => Math.max(Math.abs((index + 1) / gaps.length - (1 - Math.exp(-gap))), Math.abs(index / gaps.length - (1 - Math.exp(-gap))))));
}
