/** Runs one plan (JSON as the first argument) in a process of its own, so that it can be pinned to a core; prints its figures. */
import { Histogram } from '../../../src/load/histogram.ts';
import type { LoadPlan } from '../../../src/load/plan.ts';
import { runLoad } from '../../../src/load/thread.ts';
import type { EngineFigures } from './figures.ts';

const plan = JSON.parse(process.argv[2] ?? '') as LoadPlan;
const everyMs = 1_000;
const residentBytes: number[] = [];
const sampler = setInterval(() => residentBytes.push(process.memoryUsage.rss()), everyMs);
let before = process.cpuUsage();
let measuring = false;
const { requests, windows, measuredMs } = await runLoad(plan, {
  onProgress: ({ phase }) => {
    if (phase !== 'measuring' || measuring) return;
    // What loading, compiling and warming up cost is no part of a request.
    measuring = true;
    before = process.cpuUsage();
  },
});
clearInterval(sampler);
const { user, system } = process.cpuUsage(before);

const latency = new Histogram();
requests.forEach((request) => latency.add(Histogram.fromData(request.latency)));
const sum = (of: (window: (typeof windows)[number]) => number): number => windows.reduce((total, window) => total + of(window), 0);
const lags = windows.flatMap(({ dispatchLagP99Ms }) => dispatchLagP99Ms ?? []).sort((a, b) => a - b);
const ms = (q: number): number => (latency.quantile(q) ?? Number.NaN) / 1_000;
const figures: EngineFigures = {
  requestsPerSecond: (requests.reduce((total, { completedInTime }) => total + completedInTime, 0) * 1_000) / measuredMs,
  achieved: sum(({ sent }) => sent) / sum(({ offered }) => offered),
  dropped: sum(({ dropped }) => dropped),
  failed: sum(({ failed }) => failed),
  p50Ms: ms(0.5),
  p99Ms: ms(0.99),
  lagP99Ms: lags[Math.floor((lags.length - 1) / 2)] ?? null,
  worstLagP99Ms: lags.at(-1) ?? null,
  cpuUsPerRequest: (user + system) / sum(({ sent }) => sent),
  residentBytes,
};
process.stdout.write(JSON.stringify(figures));
