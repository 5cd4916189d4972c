import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { runRecord, type RunRecord } from '../../../src/record/schema.ts';

const MAIN = fileURLToPath(new URL('../../../dist/bundle/cli/main.js', import.meta.url));

/** One run of `bench`, and what the machine did beside it. */
export interface Night {
  label: string;
  exitCode: number;
  startedAt: string;
  minutes: number;
  /** Processors that others used in the two seconds before it. */
  busyBefore: number;
  loadBefore: number;
  loadAfter: number;
  record: RunRecord;
}

export interface Asked {
  args: readonly string[];
  env: Record<string, string>;
}

/**
 * Keeps runs in a folder and goes on where it was interrupted: a run counts once its folder has its last name. Each starts from
 * the baselines of the one before and leaves its own; what was cut off is thrown away with its baselines.
 */
export class Nights {
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;
    mkdirSync(dir, { recursive: true });
  }

  /** The baselines that a run left; null for none. */
  baselines(name: string | null): string | null {
    return name === null ? null : join(this.#dir, name, 'baselines');
  }

  done(name: string): Night | null {
    const at = join(this.#dir, name);
    if (!existsSync(join(at, 'night.json'))) return null;
    const night = JSON.parse(readFileSync(join(at, 'night.json'), 'utf8')) as Omit<Night, 'record'>;
    return { ...night, record: runRecord.parse(JSON.parse(readFileSync(join(at, 'run', 'result.json'), 'utf8'))) };
  }

  /** @param before the night whose baselines it is compared with; null for none */
  async run(name: string, before: string | null, { args, env }: Asked, after: (folder: { run: string; baselines: string }, night: Night) => void = () => undefined): Promise<Night> {
    const known = this.done(name);
    if (known !== null) return known;
    const [at, part] = [join(this.#dir, name), join(this.#dir, `${name}.part`)];
    rmSync(part, { recursive: true, force: true });
    const [out, baselines] = [join(part, 'run'), join(part, 'baselines')];
    mkdirSync(baselines, { recursive: true });
    if (before !== null) cpSync(join(this.#dir, before, 'baselines'), baselines, { recursive: true });
    const [busyBefore, loadBefore, startedAt, from] = [await busyProcessors(), loadavg()[0] ?? 0, new Date().toISOString(), performance.now()];
    const { code, said } = await bench(['run', ...args, '--out', out, '--baselines', baselines], { env, cwd: this.#dir });
    if (code === 130 || code === 143) throw new Error(`${name} was interrupted; start again to go on`);
    if (!existsSync(join(out, 'result.json'))) throw new Error(`${name} left no record (exit ${code}):\n${said}`);
    const facts: Omit<Night, 'record'> = { label: name, exitCode: code, startedAt, minutes: (performance.now() - from) / 60_000, busyBefore, loadBefore, loadAfter: loadavg()[0] ?? 0 };
    const night = { ...facts, record: runRecord.parse(JSON.parse(readFileSync(join(out, 'result.json'), 'utf8'))) };
    after({ run: out, baselines }, night);
    writeFileSync(join(part, 'night.json'), `${JSON.stringify(facts, null, 2)}\n`);
    renameSync(part, at);
    return night;
  }
}

/** Makes a run the reference, as a person would. */
export function approve({ run, baselines }: { run: string; baselines: string }): void {
  const { status, stderr } = spawnSync(process.execPath, [MAIN, 'baseline', 'approve', '--run', run, '--reason', 'the first valid night', '--baselines', baselines], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`bench baseline approve ended with ${String(status)}: ${stderr}`);
}

function bench(args: readonly string[], { env, cwd }: { env: Record<string, string>; cwd: string }): Promise<{ code: number; said: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [MAIN, ...args], { cwd, env: { ...process.env, NO_COLOR: '1', ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => { said = (said + String(chunk)).slice(-4_000); });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 143, said }));
  });
}

/** Processors at work over two seconds, whoever uses them. */
async function busyProcessors(): Promise<number> {
  const ticks = (): { idle: number; all: number } => cpus().reduce(({ idle, all }, { times }) => ({ idle: idle + times.idle, all: all + times.user + times.nice + times.sys + times.irq + times.idle }), { idle: 0, all: 0 });
  const before = ticks();
  await sleep(2_000);
  const after = ticks();
  return cpus().length * (1 - (after.idle - before.idle) / Math.max(1, after.all - before.all));
}
