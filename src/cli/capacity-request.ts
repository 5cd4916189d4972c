import { resolve } from 'node:path';
import type { RunRequest } from '../pipeline/request.ts';
import { version } from './version.ts';

/** What `bench capacity` and `bench capacity scale` have in common. */
export interface CommonFlags {
  workload?: string;
  /** Where it is not given: quick, or what was begun with. */
  profile?: string;
  target?: string;
  seed?: number;
  out?: string;
  json?: true;
  insecure?: true;
  confirmTarget?: string;
}

export function commonRequest(scenario: string | undefined, flags: CommonFlags): RunRequest {
  return {
    scenarios: scenario === undefined ? [] : [scenario],
    profile: flags.profile ?? 'quick',
    target: flags.target ?? null,
    tag: null,
    filter: null,
    rounds: null,
    seed: flags.seed ?? 1,
    out: flags.out === undefined ? null : resolve(flags.out),
    reportsDir: resolve('reports'),
    baselinesDir: resolve('baselines'),
    compare: false,
    against: null,
    control: false,
    failOn: undefined,
    engine: null,
    insecureTls: flags.insecure ?? false,
    confirmTarget: flags.confirmTarget ?? process.env['BENCH_CONFIRM_TARGET'],
    command: typedCommand(),
    version: version(),
    cwd: process.cwd(),
    env: process.env,
  };
}

/** The command line as it could be typed again. */
export function typedCommand(): string {
  return ['bench', ...process.argv.slice(2)].map(quoted).join(' ');
}

/** A word as a shell takes it. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
