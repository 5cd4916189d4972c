/** The same open loop from other generators: their own percentiles, in ms. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface PeerFigures {
  requestsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
}

export interface PeerLoad {
  origin: string;
  ratePerSecond: number;
  connections: number;
  seconds: number;
  core: number;
}

const run = promisify(execFile);
/** wrk2 looks at the target for so long before it counts anything. */
const WRK2_CALIBRATION_S = 10;
const MS_PER: Readonly<Record<string, number>> = { us: 1e-3, ms: 1, s: 1e3, m: 60e3 };

/** wrk2: from the intended start, in one thread. */
export async function wrk2({ origin, ratePerSecond, connections, seconds, core }: PeerLoad): Promise<PeerFigures> {
  const { stdout } = await run('taskset', ['-c', String(core), 'wrk2', '-t1', `-c${connections}`, `-d${seconds + WRK2_CALIBRATION_S}s`, `-R${ratePerSecond}`, '--latency', origin]);
  const at = (quantile: string): number => {
    const [, value = 'NaN', unit = ''] = new RegExp(`^\\s*${quantile}%\\s+([\\d.]+)(us|ms|s|m)$`, 'm').exec(stdout) ?? [];
    return Number(value) * (MS_PER[unit] ?? Number.NaN);
  };
  return { requestsPerSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]), p50Ms: at('50\\.000'), p99Ms: at('99\\.000') };
}

/** k6: from the actual send (`http_req_duration`), with all of its iterations dropped or late left out. */
export async function k6({ origin, ratePerSecond, connections, seconds, core }: PeerLoad): Promise<PeerFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'readybench-k6-'));
  try {
    writeFileSync(
      join(folder, 'load.js'),
      `import http from 'k6/http';
       export const options = { discardResponseBodies: true, summaryTrendStats: ['med', 'p(99)'], scenarios: { load: { executor: 'constant-arrival-rate', rate: ${ratePerSecond}, duration: '${seconds}s', preAllocatedVUs: ${connections} } } };
       export default () => http.get('${origin}/');
       export const handleSummary = ({ metrics }) => ({ stdout: JSON.stringify({ rate: metrics.http_reqs.values.rate, ...metrics.http_req_duration.values }) });`,
    );
    const { stdout } = await run('taskset', ['-c', String(core), 'k6', 'run', '--quiet', '--no-usage-report', join(folder, 'load.js')], { env: { ...process.env, GOMAXPROCS: '1' } });
    const found = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { rate: number; med: number; 'p(99)': number };
    return { requestsPerSecond: found.rate, p50Ms: found.med, p99Ms: found['p(99)'] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
