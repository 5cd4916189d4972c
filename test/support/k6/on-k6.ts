import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findExecutable } from '../../../src/host/executables.ts';
import { findK6 } from '../../../src/host/k6-tool.ts';
import { argumentsOf, k6Environment } from '../../../src/k6/command.ts';
import type { K6Plan } from '../../../src/k6/plan.ts';
import { layOut, SCRIPT } from '../../../src/k6/script-files.ts';
import { runSegments } from '../../../src/k6/segments.ts';

/** A real k6, or null where there is none. */
export const realK6 = process.env['K6_PATH'] ?? findExecutable('k6');

/** What is different from how `bench k6 run` starts k6. */
export interface Different {
  env?: Readonly<Record<string, string>>;
  /** Further arguments of a segment. */
  more?: (segment: number) => string[];
}

/** Runs a plan with the generic script on the real k6, all segments on this machine. Returns the files of their points. */
export async function onK6(plan: K6Plan, folder: string, { env = {}, more = () => [] }: Different = {}): Promise<{ files: string[]; ends: { code: number | null; errors: boolean }[]; threw: number; lost: number }> {
  await layOut(folder, plan);
  const { path } = await findK6(process.env);
  const files = Array.from({ length: plan.segments }, (_, index) => join(folder, `${index}.ndjson.gz`));
  const commands = files.map((output, segment) => {
    const [run, ...rest] = argumentsOf({ segment, segments: plan.segments, output, script: join(folder, SCRIPT) });
    return [run!, ...more(segment), ...rest];
  });
  const { ends, log } = await runSegments({ path, commands, options: { cwd: folder, env: { ...k6Environment(plan.segments), ...env } }, limitMs: 60_000, onTime: () => undefined });
  return { files, ends: ends.map(({ result: { code, stderr } }) => ({ code, errors: /level=(error|fatal)/.test(stderr) })), threw: log.threw, lost: log.lost };
}

/** Processes whose command line has a text in it (Linux). */
export function processesWith(text: string): number[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && commandOf(name).includes(text)).map(Number);
}

function commandOf(pid: string): string {
  const file = `/proc/${pid}/cmdline`;
  try {
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  } catch {
    return '';
  }
}
