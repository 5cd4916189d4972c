import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunRequest } from '../../../src/pipeline/request.ts';
import type { ModelSpec } from '../../support/simulators/models.ts';
import { startSimulator } from '../../support/simulators/start.ts';

/** Nothing interrupts these. */
export const NEVER = { signal: new AbortController().signal, by: () => null };

/** A simulated service, and a scenario that loads it, for as long as `use` takes. */
export async function withSimulator<T>(spec: ModelSpec, { load, sla }: { load: string; sla: string | null }, use: (request: RunRequest) => Promise<T>): Promise<T> {
  const simulator = await startSimulator(spec);
  const dir = await mkdtemp(join(tmpdir(), 'readybench-perf-'));
  try {
    const limits = sla === null ? '' : `    sla: ${sla}\n`;
    await writeFile(join(dir, 'simulated.yaml'), `name: simulated\ntarget: { baseUrl: "${simulator.url}" }\nworkloads:\n  - name: request\n    http: { request: { path: / }, load: ${load} }\n${limits}`);
    return await use(requestFor(dir));
  } finally {
    await simulator.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

/** What `bench capacity simulated.yaml` asks for, its scenario and results in a folder of their own. */
function requestFor(dir: string): RunRequest {
  return {
    scenarios: [join(dir, 'simulated.yaml')], profile: 'quick', target: null, tag: null, filter: null, rounds: null, seed: 1, out: join(dir, 'out'), reportsDir: join(dir, 'reports'), baselinesDir: join(dir, 'baselines'),
    compare: false, against: null, control: false, failOn: undefined, engine: null, insecureTls: false, confirmTarget: undefined, command: 'perf:capacity', version: 'perf', cwd: process.cwd(), env: process.env,
  };
}
