import { BenchError, EXIT } from '../errors.ts';
import { findExecutable, fromVariable, notExecutable, type Environment } from './executables.ts';
import { runProcess } from './processes.ts';

export interface K6Tool {
  path: string;
  version: string;
}

/** The first that runs TypeScript as it is; 2.2 is what this was tried with. */
const OLDEST = 1;
const ANSWER_LIMIT_MS = 10_000;

const HOW_TO_GET_IT =
  'Install it from https://grafana.com/docs/k6/latest/set-up/install-k6/ (Debian: Grafana’s apt repository; macOS: brew install k6; or copy the one file of a release from github.com/grafana/k6/releases to PATH), or set K6_PATH to it. Without k6 on this machine: bench k6 export writes what a cluster needs.';

/** K6_PATH, then PATH; its version asked for. Throws a BenchError (6) that says how to get it. */
export async function findK6(env: Environment): Promise<K6Tool> {
  const set = env['K6_PATH'];
  const named = set !== undefined && set !== '';
  const path = named ? fromVariable(set, env) : findExecutable('k6', env);
  const missing = (what: string): BenchError => new BenchError(EXIT.toolMissing, what, { hint: HOW_TO_GET_IT });
  if (path === null) throw missing('PATH has no k6');
  const obstacle = notExecutable(path);
  if (obstacle !== null) throw missing(`${named ? `K6_PATH=${set}: ` : ''}${path} ${obstacle}`);
  const answer = await runProcess(path, ['version'], { timeoutMs: ANSWER_LIMIT_MS });
  const version = /^k6(?:\.exe)? v?(\d+\.\d+\.\d+\S*)/.exec(answer.stdout)?.[1];
  if (answer.code !== 0 || version === undefined) throw missing(`${path} is no working k6: k6 version says ${JSON.stringify((answer.stdout || answer.stderr).trim().slice(0, 200))}`);
  if (Number(version.split('.')[0]) < OLDEST) throw missing(`${path} is k6 ${version}: ${OLDEST}.0 or newer is needed`);
  return { path, version };
}
