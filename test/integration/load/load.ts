import { expect } from 'vitest';
import { Histogram } from '../../../src/load/histogram.ts';
import { plainGet, single, type ClosedPlan, type LoadPlan, type OpenPlan, type RequestPlan, type TargetPlan } from '../../../src/load/plan.ts';
import type { LoadResult, RequestResult } from '../../../src/load/result.ts';
import { runPlan } from '../../../src/load/run-plan.ts';
import { runLoad } from '../../../src/load/thread.ts';
import { startTruthServer, type Behaviour } from '../../support/servers/start.ts';

export const GET: RequestPlan = plainGet('/');

const COMMON = { flows: [single(GET)], data: null, cookies: null, connection: 'keep-alive' } as const;

export function target(origin: string): TargetPlan {
  return { origin, addresses: [{ address: '127.0.0.1', family: 4 }], insecureTls: false };
}

export function openPlan(origin: string, plan: Partial<OpenPlan> = {}): OpenPlan {
  return {
    model: 'open',
    target: target(origin),
    ...COMMON,
    ratePerSecond: 100,
    stages: [],
    arrivals: 'constant',
    seed: 1,
    warmupMs: 100,
    durationMs: 1_000,
    timeoutMs: 5_000,
    maxInFlight: 1_000,
    workers: 1,
    share: { index: 0, of: 1 },
    ...plan,
  };
}

export function closedPlan(origin: string, plan: Partial<ClosedPlan> = {}): ClosedPlan {
  return { model: 'closed', target: target(origin), ...COMMON, connections: 4, thinkMs: 0, engine: 'autocannon', seed: 1, warmupMs: 100, durationMs: 1_000, timeoutMs: 5_000, ...plan };
}

export interface Measured {
  result: LoadResult;
  request: RequestResult;
  latency: Histogram;
  service: Histogram;
  /** When each request reached the server, in ms on its clock, warm-up included. */
  seen: number[];
  /** How late the server did what was due, in ms, ascending: what this machine cost meanwhile. */
  late: number[];
}

/** Loads at a time: as many as there can be without one disturbing the other on two cores. */
const AT_ONCE = 2;
const queue: (() => void)[] = [];
let running = 0;

async function slot<T>(work: () => Promise<T>): Promise<T> {
  if (running >= AT_ONCE) await new Promise<void>((resolve) => queue.push(resolve));
  else running += 1;
  try {
    return await work();
  } finally {
    const next = queue.shift();
    if (next === undefined) running -= 1;
    else next();
  }
}

/** Runs a load, in its thread as a run does, against a server that behaves as told; one that began in the past, in this thread. */
export function measure(behaviour: Behaviour, plan: (origin: string) => LoadPlan, begunMsAgo = 0): Promise<Measured> {
  return slot(async () => {
    const server = await startTruthServer(behaviour);
    try {
      const result = begunMsAgo === 0 ? await runLoad(plan(server.origin)) : await runPlan(plan(server.origin), { startMs: performance.now() - begunMsAgo });
      const [request] = result.requests;
      if (request === undefined) throw new Error('no request was measured');
      const { seen, late } = await server.log();
      late.sort((a, b) => a - b);
      return { result, request, latency: Histogram.fromData(request.latency), service: Histogram.fromData(request.service), seen, late };
    } finally {
      await server.stop();
    }
  });
}

/** Room above the truth for each quantile on a machine with nothing else to do: ms, or a share of the truth. */
const ROOM: Record<number, [number, number]> = { 0.5: [3, 0.05], 0.9: [5, 0.05], 0.95: [10, 0.08], 0.99: [40, 0.1] };
/** An exchange waits for a core this often: to send, to be received, to be answered, to be read. The server measures one of them. */
const WAITS = 4;

/** What the machine may have added to a quantile: by the server's own lateness further out in its tail, and the generator's. */
export function machineMs({ late, result }: Measured, q: number): number {
  const server = late[Math.ceil(((1 + q) / 2) * late.length) - 1] ?? 0;
  const generator = Math.max(0, ...result.windows.map(({ dispatchLagP99Ms, loopDelayP99Ms }) => dispatchLagP99Ms ?? loopDelayP99Ms ?? 0));
  return WAITS * server + 2 * generator;
}

/**
 * Holds measured quantiles against the truth. Nothing but a wrong clock can push one below it, so there is next to no
 * room there (`belowMs`: for truths that are steps between samples); above, a busy machine adds what it adds to what
 * server and generator do by themselves.
 */
export function expectQuantiles(measured: Measured, histogram: Histogram, truthMs: Partial<Record<0.5 | 0.9 | 0.95 | 0.99, number>>, belowMs = 0.6): void {
  for (const [q, truth] of Object.entries(truthMs)) {
    const actualMs = (histogram.quantile(Number(q)) ?? Number.NaN) / 1_000;
    const [ms, share] = ROOM[Number(q)] ?? [0, 0];
    expect(actualMs, `quantile ${q}, not below the truth`).toBeGreaterThanOrEqual(truth - Math.max(belowMs, truth * 0.01));
    expect(actualMs, `quantile ${q}, not far above the truth`).toBeLessThanOrEqual(truth + Math.max(ms, truth * share) + machineMs(measured, Number(q)));
  }
}

export function kinds(request: RequestResult): Record<string, number> {
  return Object.fromEntries(request.errors.map(({ kind, count }) => [kind, count]));
}
