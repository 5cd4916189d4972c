import type { Json } from '../../load/json-pointer.ts';
import type { FlatScript } from './flatten.ts';
import { secretName } from './names.ts';
import { piecesOf } from './secrets.ts';

/** A script of a team's own: a ConfigMap of its files, and a TestRun for each of its rounds. */
export interface ScriptTest {
  workload: string;
  /** Of its ConfigMap. */
  name: string;
  script: FlatScript;
  /** What it reads, with placeholders for secrets. */
  env: Readonly<Record<string, string>>;
  /** Names of its TestRuns, in the order of the rounds. */
  runs: readonly string[];
  /** Of one of them, at most. */
  runMs: number;
}

/** A tag of every point of a round: which files belong together is told by it. */
export const TEST_TAG = 'bench_test';

export const scriptConfigMapFile = (workload: string): string => `1-configmap-${workload}.yaml`;
export const testRunFile = (run: string): string => `testrun-${run}.yaml`;

/**
 * Environment of a container: secrets come from the test's Secret, whole or within a text. Kubernetes puts `$(NAME)` in, of a
 * variable that stands before it; `$$` is a plain `$`. @param test the test's name
 */
export function containerEnv(env: Readonly<Record<string, string>>, test: string): Json[] {
  const from = (name: string, secret: string): Json => ({ name, valueFrom: { secretKeyRef: { name: secretName(test), key: secret } } });
  const within = new Set<string>();
  const own = Object.entries(env).map(([name, value]): Json => {
    const pieces = piecesOf(value);
    const [only] = pieces;
    if (pieces.length === 1 && typeof only === 'object') return from(name, only.secret);
    return { name, value: pieces.map((piece) => (typeof piece === 'string' ? piece.replaceAll('$', '$$$$') : put(piece.secret, within))).join('') };
  });
  return [...[...within].map((secret) => from(helper(secret), secret)), ...own];
}

const helper = (secret: string): string => `BENCH_SECRET_${secret}`;

function put(secret: string, within: Set<string>): string {
  within.add(secret);
  return `$(${helper(secret)})`;
}
