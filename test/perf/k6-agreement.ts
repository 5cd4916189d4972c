/**
 * The same plan on our own engine and on k6, against servers whose latencies are known: how far their percentiles are apart.
 *
 *   npm run perf:k6-agreement      (K6_PATH; SEEDS=3, SECONDS_EACH=3; generator and server share this machine)
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findK6 } from '../../src/host/k6-tool.ts';
import { k6Engine } from '../../src/k6/engine.ts';
import { Histogram } from '../../src/load/histogram.ts';
import { plainGet, single, type OpenPlan } from '../../src/load/plan.ts';
import type { LoadResult } from '../../src/load/result.ts';
import { runLoad } from '../../src/load/thread.ts';
import { openPlan } from '../support/k6/plans.ts';
import { startTruthServer, type Behaviour } from '../support/servers/start.ts';
import { table, writeSection } from './performance-doc.ts';
import { median } from './paired.ts';

const seeds = Number(process.env['SEEDS'] ?? 3);
const seconds = Number(process.env['SECONDS_EACH'] ?? 3);
const RATES = [100, 500];
const QUANTILES = [0.5, 0.9, 0.95, 0.99] as const;
const BOUND = { ms: 2, share: 0.03 };
/** A server later than this, at the percentile in question, had no core when it needed one: what the two engines met was not the same. */
const SERVER_LATE_MS = 1;
/** Seconds of the rate that may be in flight: virtual users of k6, of which each opens its own connection. */
const IN_FLIGHT_SECONDS = 0.2;

const SERVERS: readonly { name: string; arrivals: OpenPlan['arrivals']; behaviour: (seed: number) => Behaviour }[] = [
  { name: 'fixed, 20 ms', arrivals: 'constant', behaviour: () => ({ kind: 'fixed', ms: 20 }) },
  { name: 'log-normal, median 20 ms, σ 0.6', arrivals: 'constant', behaviour: (seed) => ({ kind: 'lognormal', medianMs: 20, sigma: 0.6, size: 100, seed }) },
  { name: '5 ms, every 5th 90 ms; Poisson', arrivals: 'poisson', behaviour: () => ({ kind: 'bimodal', ms: 5, slowMs: 90, every: 5 }) },
];

/** Percentiles in ms, and how late the server was at the same ones. */
interface Measured {
  ms: number[];
  lateMs: number[];
  findings: string[];
}

const tool = await findK6(process.env);
const workDir = mkdtempSync(join(tmpdir(), 'k6-agreement-'));
try {
  const rows: string[][] = [];
  let [all, counted, outside] = [0, 0, 0];
  /** Of each percentile of each server and rate: how far the two are apart, in bounds, median of the pairs that count. */
  const apart: number[] = [];
  for (const { name, arrivals, behaviour } of SERVERS) {
    for (const ratePerSecond of RATES) {
      const both: { own: Measured; k6: Measured }[] = [];
      for (let seed = 1; seed <= seeds; seed += 1) {
        const on = (engine: 'own' | 'k6'): Promise<Measured> => measured(engine, behaviour(seed), { ratePerSecond, arrivals, seed });
        // In turns, so that a machine that gets slower favours neither.
        const first = seed % 2 === 1 ? 'own' : 'k6';
        const one = await on(first);
        const other = await on(first === 'own' ? 'k6' : 'own');
        const [own, k6] = first === 'own' ? [one, other] : [other, one];
        both.push({ own, k6 });
        process.stderr.write(`${name} ${ratePerSecond}/s seed ${seed}: own ${shown(own)}; k6 ${shown(k6)}\n`);
      }
      const figures = both.flatMap(({ own, k6 }) => QUANTILES.map((_, index) => ({ index, own, k6 })));
      const those = figures.filter(({ index, own, k6 }) => late(own, index) <= SERVER_LATE_MS && late(k6, index) <= SERVER_LATE_MS && [...own.findings, ...k6.findings].length === 0);
      all += figures.length;
      counted += those.length;
      const inBounds = ({ index, own, k6 }: (typeof figures)[number]): number => (at(k6, index) - at(own, index)) / Math.max(BOUND.ms, BOUND.share * at(own, index));
      outside += those.filter((each) => Math.abs(inBounds(each)) > 1).length;
      for (const index of QUANTILES.keys()) {
        const pairs = those.filter((each) => each.index === index).map(inBounds);
        if (pairs.length > 0) apart.push(Math.abs(median(pairs)));
      }
      const cells = QUANTILES.map((_, index) => `${cell(both.map(({ own }) => at(own, index)), both.map(({ k6 }) => at(k6, index)))}${those.some((each) => each.index === index) ? '' : ' *'}`);
      rows.push([name, String(ratePerSecond), ...cells, median(both.flatMap(({ own, k6 }) => [late(own, 3), late(k6, 3)])).toFixed(2), `${those.length} of ${figures.length}`]);
    }
  }
  const beyond = apart.filter((each) => each > 1).length;
  const verdict = apart.length === 0 ? 'undecided, the servers were late themselves' : `${beyond === 0 ? 'met' : `NOT met by ${beyond} of`} ${beyond === 0 ? `by all ${apart.length}` : apart.length} percentiles; the furthest apart is ${Math.max(...apart).toFixed(2)} × the bound. Of single pairs ${outside} of ${counted} are outside`;
  if (beyond > 0) process.exitCode = 1;
  const body = [
    `Open loop, ${seconds} s after 1 s of warm-up, our own engine and k6 ${tool.version.split('-')[0]} (one segment) in turns on the same machine as the server, ${seeds} seeds; at most ${IN_FLIGHT_SECONDS} s of the rate in flight, which are so many virtual users of k6. Each cell: own, k6 (their difference) in ms, medians of the seeds. The last columns are how late the server itself was (p99, median) and how many figures count: those at whose percentile the server was at most ${SERVER_LATE_MS} ms late in both, of pairs without a finding; where none does, the cell is marked *.`,
    '',
    table(['server', 'rate, 1/s', 'p50', 'p90', 'p95', 'p99', 'server late, p99', 'figures'], rows),
    '',
    `At most max(${BOUND.ms} ms, ${BOUND.share * 100} %) apart, median of the pairs that count: ${verdict} (${counted} of ${all} count). k6 is later than our own engine throughout: its timers fire up to a millisecond late, and its script has work to do before it sends; both are in its latencies, for that is when the request left.`,
    '',
    'Repeat it with `npm run perf:k6-agreement`.',
  ].join('\n');
  process.stdout.write(`\n${body}\n`);
  writeSection('k6-agreement', 'Our own engine and k6', body);
} finally {
  rmSync(workDir, { recursive: true, force: true });
}

async function measured(engine: 'own' | 'k6', behaviour: Behaviour, part: Pick<OpenPlan, 'ratePerSecond' | 'arrivals' | 'seed'>): Promise<Measured> {
  const server = await startTruthServer(behaviour);
  try {
    const plan = openPlan({
      ...part,
      target: { origin: server.origin, addresses: [{ address: '127.0.0.1', family: 4 }], insecureTls: false },
      flows: [single(plainGet('/'))],
      warmupMs: 1_000,
      durationMs: seconds * 1_000,
      maxInFlight: Math.ceil(part.ratePerSecond * IN_FLIGHT_SECONDS),
    });
    const result: LoadResult = engine === 'own' ? await runLoad(plan) : await k6Engine(tool, 1).run(plan, { workload: 'agreement', round: 0, workDir });
    const latency = Histogram.fromData(result.requests[0]!.latency);
    const lateness = (await server.log()).late.sort((a, b) => a - b);
    return { ms: QUANTILES.map((q) => (latency.quantile(q) ?? Number.NaN) / 1_000), lateMs: QUANTILES.map((q) => lateness[Math.ceil(q * lateness.length) - 1] ?? Number.NaN), findings: (result.findings ?? []).map(({ code }) => code) };
  } finally {
    await server.stop();
  }
}

function at({ ms }: Measured, index: number): number {
  return ms[index] ?? Number.NaN;
}

function late({ lateMs }: Measured, index: number): number {
  return lateMs[index] ?? Number.NaN;
}

function cell(own: readonly number[], k6: readonly number[]): string {
  const difference = median(k6.map((each, index) => each - (own[index] ?? Number.NaN)));
  return `${median(own).toFixed(1)}, ${median(k6).toFixed(1)} (${difference >= 0 ? '+' : '−'}${Math.abs(difference).toFixed(2)})`;
}

function shown({ ms, lateMs, findings }: Measured): string {
  return `${ms.map((each) => each.toFixed(2)).join(' ')}, server late ${lateMs.map((each) => each.toFixed(2)).join(' ')}${findings.length === 0 ? '' : `, ${findings.join(' ')}`}`;
}
