/**
 * How much memory the generator takes over time: an open loop at 2,000/s, resident memory from minute 1 on.
 *
 *   npm run perf:load-memory     (MINUTES=3; 10 for the whole figure)
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { plainGet, single, type OpenPlan } from '../../src/load/plan.ts';
import { startTruthServer } from '../support/servers/start.ts';
import type { EngineFigures } from './load/figures.ts';
import { table, writeSection } from './performance-doc.ts';

const minutes = Number(process.env['MINUTES'] ?? 3);
const RATE = 2_000;
const BOUND_BYTES = 5e6;
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const server = await startTruthServer({ kind: 'fixed', ms: 1 });
const plan: OpenPlan = {
  model: 'open', target: { origin: server.origin, addresses: [{ address: '127.0.0.1', family: 4 }], insecureTls: false },
  flows: [single(plainGet('/'))], data: null, cookies: null, connection: 'keep-alive', ratePerSecond: RATE, stages: [], arrivals: 'poisson',
  warmupMs: 1_000, durationMs: minutes * 60_000, timeoutMs: 5_000, maxInFlight: 1_000, workers: 1, share: { index: 0, of: 1 }, seed: 1,
};
const { stdout } = await promisify(execFile)(process.execPath, ['--import', here('../../scripts/ts.js'), here('load/engine.ts'), JSON.stringify(plan)], { maxBuffer: 1e8 });
await server.stop();
const { residentBytes } = JSON.parse(stdout) as EngineFigures;

/** The median of the ten seconds around a minute: garbage comes and goes. */
const around = (minute: number): number => {
  const near = residentBytes.slice(Math.max(0, minute * 60 - 10), minute * 60).sort((a, b) => a - b);
  return near[Math.floor((near.length - 1) / 2)] ?? Number.NaN;
};
const each = Array.from({ length: minutes }, (_, index) => index + 1);
const growth = around(minutes) - around(1);
const body = [
  `Open loop at ${RATE.toLocaleString('en-US')}/s for ${minutes} minutes, resident memory of the whole process (median of the ten seconds before each full minute).`,
  '',
  table(['minute', ...each.map(String)], [['MB', ...each.map((minute) => (around(minute) / 1e6).toFixed(1))]]),
  '',
  `Grows by at most 5 MB from minute 1 to minute ${minutes}: ${growth <= BOUND_BYTES ? 'met' : 'NOT met'} (${(growth / 1e6).toFixed(1)} MB). Repeat it with \`MINUTES=10 npm run perf:load-memory\`.`,
].join('\n');
process.stdout.write(`\n${body}\n`);
writeSection('load-memory', 'Memory of the load engine', body);
