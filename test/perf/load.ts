/**
 * The load engine against its peers: all on core 0 against nginx on core 1, in turns within one session.
 *
 *   npm run perf:load            (TURNS=5 SECONDS_EACH=5)
 */
import { execFile } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';
import { setTimeout as after } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { plainGet, single, type ClosedPlan, type OpenPlan } from '../../src/load/plan.ts';
import type { EngineFigures } from './load/figures.ts';
import { startNginx } from './load/nginx.ts';
import { k6, wrk2, type PeerFigures, type PeerLoad } from './load/peers.ts';
import { table, writeSection } from './performance-doc.ts';
import { median } from './paired.ts';

const turns = Number(process.env['TURNS'] ?? 5);
const seconds = Number(process.env['SECONDS_EACH'] ?? 5);
const CONNECTIONS = 50;
const RATES = [2_000, 10_000, 20_000, 30_000];
const GENERATOR_CORE = 0;
const SERVER_CORE = 1;
const CLEAN = { achieved: 0.995, lagP99Ms: 5, ratePerSecond: 20_000 };
const AUTOCANNON_SHARE = 0.95;
const ADDED = { ratePerSecond: 2_000 };
/** Of each thread: more than it can send. Each has a core, and nginx a process on that core, so that a core more is a server more. */
const WORKERS = { ratePerSecond: 40_000, inFlight: 50, speedUp: 1.7 };

const run = promisify(execFile);
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

if (availableParallelism() < 2) throw new Error('this comparison needs two cores: one for the generator, one for the server');
/** With other work on the machine neither side of a comparison had its core: figures, but no verdict. */
const busy = (await busyShare(2_000)) > 0.1;
const server = await startNginx(SERVER_CORE);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.stop().then(() => process.exit(1)));
const closed: Record<string, number[]> = { wrk: [], autocannon: [], readybench: [], own: [] };
const workers = new Map<number, EngineFigures[]>([[1, []], [2, []]]);
const peers: Record<string, PeerFigures[]> = { wrk2: [], k6: [] };
const open = new Map<number, EngineFigures[]>(RATES.map((rate) => [rate, []]));
try {
  const there = new Set((await Promise.all(['wrk', 'wrk2', 'k6'].map(async (name) => ((await onPath(name)) ? [name] : [])))).flat());
  for (let turn = 0; turn < turns; turn += 1) {
    // Every other turn backwards: whoever comes first or last gains nothing by it.
    const steps = [...(there.has('wrk') ? [wrk] : []), ...(there.has('wrk2') ? [() => peer('wrk2', wrk2)] : []), ...(there.has('k6') ? [() => peer('k6', k6)] : []), rawAutocannon, ours, ownClosedLoop, ...RATES.map((rate) => () => openLoop(rate)), ...[...workers.keys()].map((count) => () => threads(count))];
    for (const step of turn % 2 === 0 ? steps : steps.reverse()) await step();
    process.stdout.write(`turn ${turn + 1}/${turns} done\n`);
  }
  report(['wrk', 'wrk2', 'k6'].filter((name) => !there.has(name)));
} finally {
  await server.stop();
}

/** Share of the processors' time that is used while nothing of ours runs. */
async function busyShare(ms: number): Promise<number> {
  const times = (): { idle: number; all: number } => {
    const each = cpus().map((cpu) => cpu.times);
    return { idle: each.reduce((sum, { idle }) => sum + idle, 0), all: each.reduce((sum, time) => sum + Object.values(time).reduce((a, b) => a + b, 0), 0) };
  };
  const before = times();
  await after(ms);
  const now = times();
  return 1 - (now.idle - before.idle) / (now.all - before.all);
}

async function wrk(): Promise<void> {
  const { stdout } = await pinned('wrk', ['-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, server.origin]);
  closed['wrk']?.push(Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]));
}

async function peer(name: string, measure: (load: PeerLoad) => Promise<PeerFigures>): Promise<void> {
  peers[name]?.push(await measure({ origin: server.origin, ratePerSecond: ADDED.ratePerSecond, connections: CONNECTIONS, seconds, core: GENERATOR_CORE }));
}

async function rawAutocannon(): Promise<void> {
  closed['autocannon']?.push(JSON.parse(await script('load/autocannon.ts', [server.origin, String(CONNECTIONS), String(seconds)])) as number);
}

async function ours(): Promise<void> {
  const plan: ClosedPlan = { ...common(), model: 'closed', connections: CONNECTIONS, thinkMs: 0, engine: 'autocannon' };
  closed['readybench']?.push((await engine(plan)).requestsPerSecond);
}

async function ownClosedLoop(): Promise<void> {
  const plan: ClosedPlan = { ...common(), model: 'closed', connections: CONNECTIONS, thinkMs: 0, engine: 'own' };
  closed['own']?.push((await engine(plan)).requestsPerSecond);
}

async function threads(count: number): Promise<void> {
  const cores = [GENERATOR_CORE, SERVER_CORE].slice(0, count);
  const shared = await startNginx(...cores);
  try {
    workers.get(count)?.push(await saturated(count, cores, shared.origin));
  } finally {
    await shared.stop();
  }
}

async function saturated(count: number, cores: readonly number[], origin: string): Promise<EngineFigures> {
  const { target, ...rest } = common();
  const plan: OpenPlan = { ...rest, target: { ...target, origin }, model: 'open', ratePerSecond: WORKERS.ratePerSecond * count, stages: [], arrivals: 'constant', maxInFlight: WORKERS.inFlight * count, workers: count, share: { index: 0, of: 1 } };
  const { stdout } = await run('taskset', ['-c', cores.join(','), process.execPath, '--import', here('../../scripts/ts.js'), here('load/engine.ts'), JSON.stringify(plan)]);
  return JSON.parse(stdout) as EngineFigures;
}

async function openLoop(ratePerSecond: number): Promise<void> {
  const plan: OpenPlan = { ...common(), model: 'open', ratePerSecond, stages: [], arrivals: 'constant', maxInFlight: 1_000, workers: 1, share: { index: 0, of: 1 } };
  open.get(ratePerSecond)?.push(await engine(plan));
}

function common(): Pick<OpenPlan, 'target' | 'flows' | 'data' | 'cookies' | 'connection' | 'warmupMs' | 'durationMs' | 'timeoutMs' | 'seed'> {
  return {
    target: { origin: server.origin, addresses: [{ address: '127.0.0.1', family: 4 }], insecureTls: false },
    flows: [single(plainGet('/'))],
    data: null,
    cookies: null,
    connection: 'keep-alive',
    warmupMs: 1_000,
    durationMs: seconds * 1_000,
    timeoutMs: 5_000,
    seed: 1,
  };
}

async function engine(plan: ClosedPlan | OpenPlan): Promise<EngineFigures> {
  return JSON.parse(await script('load/engine.ts', [JSON.stringify(plan)])) as EngineFigures;
}

async function script(path: string, args: readonly string[]): Promise<string> {
  return (await pinned(process.execPath, ['--import', here('../../scripts/ts.js'), here(path), ...args])).stdout;
}

function pinned(command: string, args: readonly string[]): Promise<{ stdout: string }> {
  return run('taskset', ['-c', String(GENERATOR_CORE), command, ...args]);
}

function onPath(command: string): Promise<boolean> {
  return run('which', [command]).then(
    () => true,
    () => false,
  );
}

function report(missing: readonly string[]): void {
  const raw = closed['autocannon'] ?? [];
  const closedRows = Object.entries(closed).flatMap(([name, values]) => {
    if (values.length === 0) return [];
    const ratios = values.map((value, turn) => value / (raw[turn] ?? Number.NaN));
    return [[name === 'autocannon' ? 'autocannon 9, raw' : name === 'readybench' ? 'readybench (µs histograms, status classes)' : name === 'own' ? 'readybench, own connections' : name, median(values).toFixed(0), median(ratios).toFixed(2)]];
  });
  const openRows = [...open].map(([rate, all]) => {
    const of = (figure: (each: EngineFigures) => number): number => median(all.map(figure));
    return [
      rate.toLocaleString('en-US'),
      `${(100 * of(({ achieved }) => achieved)).toFixed(2)} %`,
      String(of(({ dropped, failed }) => dropped + failed)),
      of(({ p50Ms }) => p50Ms).toFixed(2),
      of(({ p99Ms }) => p99Ms).toFixed(2),
      of(({ lagP99Ms }) => lagP99Ms ?? Number.NaN).toFixed(2),
      of(({ cpuUsPerRequest }) => cpuUsPerRequest).toFixed(0),
      `${all.filter(isClean).length} of ${all.length}`,
    ];
  });
  const own = (open.get(ADDED.ratePerSecond) ?? []).map(({ requestsPerSecond, p50Ms, p99Ms }): PeerFigures => ({ requestsPerSecond, p50Ms, p99Ms }));
  const addedRows = [['readybench', own] as const, ...Object.entries(peers)].flatMap(([name, all]) =>
    all.length === 0 ? [] : [[name === 'k6' ? 'k6 (from the actual send)' : name, median(all.map(({ requestsPerSecond }) => requestsPerSecond)).toFixed(0), median(all.map(({ p50Ms }) => p50Ms)).toFixed(2), median(all.map(({ p99Ms }) => p99Ms)).toFixed(2)]],
  );
  const ratioToWrk2 = median((peers['wrk2'] ?? []).map(({ p99Ms }, turn) => (own[turn]?.p99Ms ?? Number.NaN) / p99Ms));
  const single = workers.get(1) ?? [];
  const double = workers.get(2) ?? [];
  const speedUpOf = (figure: (each: EngineFigures, threads: number) => number): number => median(double.map((each, turn) => figure(each, 2) / (single[turn] === undefined ? Number.NaN : figure(single[turn], 1))));
  // What the threads would send had they their cores to themselves: nginx's processor time is left out.
  const speedUp = speedUpOf(({ cpuUsPerRequest }, threadCount) => threadCount / cpuUsPerRequest);
  const withServer = speedUpOf(({ requestsPerSecond }) => requestsPerSecond);
  const rateOf = (all: readonly EngineFigures[]): string => median(all.map(({ requestsPerSecond }) => requestsPerSecond)).toFixed(0);
  const costOf = (all: readonly EngineFigures[]): string => median(all.map(({ cpuUsPerRequest }) => cpuUsPerRequest)).toFixed(1);
  const shareOf = (name: string): number => median((closed[name] ?? []).map((value, turn) => value / (raw[turn] ?? Number.NaN)));
  const share = shareOf('readybench');
  const ownShare = shareOf('own');
  const cleanRuns = (open.get(CLEAN.ratePerSecond) ?? []).filter(isClean).length;
  const body = [
    `Generator on core ${GENERATOR_CORE}, nginx (one process, two bytes) on core ${SERVER_CORE}; ${turns} turns of ${seconds} s each, in alternating order; medians.${missing.length === 0 ? '' : ` Not on PATH, so not measured: ${missing.join(', ')}.`}`,
    '',
    `Closed loop, ${CONNECTIONS} connections:`,
    '',
    table(['generator', 'requests/s', 'of raw autocannon (median of the turns)'], closedRows),
    '',
    'Open loop (constant arrivals, latency from the intended start):',
    '',
    table(['rate, 1/s', 'sent in time', 'drops and failures', 'p50, ms', 'p99, ms', 'p99 dispatch lag, ms (median second)', 'CPU a request, µs', 'clean runs'], openRows),
    '',
    `Clean: at least ${CLEAN.achieved * 100} % sent in their window, no drops or failures, p99 dispatch lag below ${CLEAN.lagP99Ms} ms in the median second.`,
    '',
    `Added latency at ${ADDED.ratePerSecond.toLocaleString('en-US')}/s over ${CONNECTIONS} connections, against a server that does nothing; each by its own percentiles:`,
    '',
    table(['generator', 'requests/s', 'p50, ms', 'p99, ms'], addedRows),
    '',
    `- Closed loop at least ${AUTOCANNON_SHARE} of raw autocannon: ${verdict(share >= AUTOCANNON_SHARE)} (${share.toFixed(2)}; our own connections ${ownShare.toFixed(2)}).`,
    `- Open loop clean at ${CLEAN.ratePerSecond.toLocaleString('en-US')}/s on one core: ${verdict(cleanRuns * 2 > turns)} (${cleanRuns} of ${turns} runs).`,
    `- Two threads on two cores at least ${WORKERS.speedUp} × one on one, the service not counted: ${verdict(speedUp >= WORKERS.speedUp)} (${speedUp.toFixed(2)}, median of the turns, by processor time a request: ${costOf(single)} µs with one thread, ${costOf(double)} µs with two). With an nginx process on each of the cores beside the threads: ${withServer.toFixed(2)} (${rateOf(single)} and ${rateOf(double)} requests/s).`,
    `- Added latency (p99) at ${ADDED.ratePerSecond.toLocaleString('en-US')}/s at most wrk2's: ${missing.includes('wrk2') ? 'not measured, wrk2 is not on PATH' : `${verdict(ratioToWrk2 <= 1)} (${ratioToWrk2.toFixed(2)} × wrk2's, median of the turns)`}.`,
    '',
    'Repeat it with `npm run perf:load`.',
  ].join('\n');
  process.stdout.write(`\n${body}\n`);
  writeSection('load', 'Load engine', body);
}

function verdict(met: boolean): string {
  if (busy) return 'undecided, other work ran on the machine';
  return met ? 'met' : 'NOT met';
}

function isClean({ achieved, dropped, failed, lagP99Ms }: EngineFigures): boolean {
  return achieved >= CLEAN.achieved && dropped + failed === 0 && (lagP99Ms ?? Number.POSITIVE_INFINITY) < CLEAN.lagP99Ms;
}
