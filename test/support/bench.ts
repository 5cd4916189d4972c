import { spawn } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, writeFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { runRecord, type RunRecord } from '../../src/record/schema.ts';

const MAIN = fileURLToPath(new URL('../../dist/bundle/cli/main.js', import.meta.url));

export interface BenchResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunningBench {
  pid: number;
  /** Resolves when stderr or stdout has shown this text; rejects when the command ends without it. */
  shows(text: string | RegExp): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  ended: Promise<BenchResult>;
}

/** An empty project folder, removed after the test; runs the built `bench` in it, as a user would. */
export async function project(files: Record<string, string> = {}) {
  const dir = await mkdtemp(join(tmpdir(), 'readybench-test-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));
  const write = async (name: string, text: string): Promise<void> => {
    await mkdir(dirname(join(dir, name)), { recursive: true });
    await writeFile(join(dir, name), text);
  };
  for (const [name, text] of Object.entries(files)) await write(name, text);

  const start = (args: readonly string[], env: Record<string, string | undefined> = {}): RunningBench => {
    const child = spawn(process.execPath, [MAIN, ...args], {
      cwd: dir,
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    const watchers = new Set<() => void>();
    child.stdout.setEncoding('utf8').on('data', (text: string) => { stdout += text; watchers.forEach((watch) => watch()); });
    child.stderr.setEncoding('utf8').on('data', (text: string) => { stderr += text; watchers.forEach((watch) => watch()); });
    const ended = new Promise<BenchResult>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, stdout, stderr }));
    });
    onTestFinished(async () => {
      child.kill('SIGKILL');
      await ended;
    });
    return {
      pid: child.pid ?? 0,
      ended,
      kill: (signal) => void child.kill(signal),
      shows: (text) =>
        new Promise((resolve, reject) => {
          const seen = (): boolean => (typeof text === 'string' ? `${stdout}${stderr}`.includes(text) : text.test(`${stdout}${stderr}`));
          const watch = (): void => {
            if (seen()) {
              watchers.delete(watch);
              resolve();
            }
          };
          watchers.add(watch);
          watch();
          void ended.then((result) => (seen() ? resolve() : reject(new Error(`ended (${String(result.code)}) without showing ${String(text)}:\n${result.stderr}`))));
        }),
    };
  };

  const bench = (args: readonly string[], env?: Record<string, string | undefined>): Promise<BenchResult> => start(args, env).ended;

  return {
    dir,
    write,
    start,
    bench,
    /** A run that is expected to come to a verdict. On a machine that is too busy for its generator a run is invalid (4) and says so; a person runs it again, and so does this. */
    validRun: async (args: readonly string[], env?: Record<string, string | undefined>): Promise<BenchResult> => {
      for (let attempt = 1; ; attempt += 1) {
        const result = await bench(['run', ...args], env);
        if (result.code !== 4 || attempt === 5 || !/generator/i.test(result.stdout)) return result;
      }
    },
    read: (name: string): Promise<string> => readFile(join(dir, name), 'utf8'),
    /** Every file below, relative. */
    files: async (): Promise<string[]> => (await readdir(dir, { recursive: true, withFileTypes: true })).filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name).slice(dir.length + 1)),
    record: async (folder = 'reports/latest'): Promise<RunRecord> => runRecord.parse(JSON.parse(await readFile(join(dir, folder, 'result.json'), 'utf8'))),
  };
}
