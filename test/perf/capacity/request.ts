import { join } from 'node:path';
import type { RunRequest } from '../../../src/pipeline/request.ts';

/** What `bench capacity simulated.yaml` asks for, its scenario and results in a folder of their own. */
export function requestFor(dir: string): RunRequest {
  return {
    scenarios: [join(dir, 'simulated.yaml')], profile: 'quick', target: null, tag: null, filter: null, rounds: null, seed: 1, out: join(dir, 'out'), reportsDir: join(dir, 'reports'), baselinesDir: join(dir, 'baselines'),
    compare: false, against: null, control: false, failOn: undefined, engine: null, insecureTls: false, confirmTarget: undefined, command: 'perf:capacity', version: 'perf', cwd: process.cwd(), env: process.env,
  };
}
