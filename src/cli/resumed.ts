import { basename, dirname, join, relative, resolve } from 'node:path';
import { BenchError, EXIT } from '../errors.ts';
import { quoted, type CommonFlags } from './capacity-request.ts';

/** What was begun, and the folder it is in. */
export interface Begun<T> {
  record: T;
  dir: string;
}

/** What `--resume` names: a run id under reports/, a folder, or the file itself. Throws a BenchError (2). */
export async function findBegun<T>(what: string, wanted: string, file: string, read: (path: string) => Promise<T | null>): Promise<Begun<T>> {
  for (const path of [wanted, join(wanted, file), join('reports', wanted, file)]) {
    const record = await read(path);
    if (record !== null) return { record, dir: resolve(dirname(path)) };
  }
  throw new BenchError(EXIT.usage, `there is no ${what} "${wanted}"`, { hint: `Name the folder with its ${file}, or a run id under reports/.` });
}

/** What to type behind `--resume`: the run id where that is found, otherwise the folder. */
export function resumeWord(dir: string): string {
  return quoted(dirname(dir) === resolve('reports') ? basename(dir) : relative(process.cwd(), dir) || '.');
}

/** A flag as it was given (null: not at all), beside what the interrupted measurement was begun with. */
export interface FlagBegun {
  flag: string;
  given: string | null;
  /** Null: without this flag. */
  begun: string | null;
}

/** What was begun is gone on with as it was begun: a flag that says otherwise is a mistake. Throws a BenchError (2). */
export function requireSameFlags(what: string, id: string, flags: readonly FlagBegun[]): void {
  const other = flags.find(({ given, begun }) => given !== null && given !== begun);
  if (other === undefined) return;
  throw new BenchError(EXIT.usage, `${other.flag} ${other.given ?? ''}: the ${what} ${id} was begun ${other.begun === null ? `without ${other.flag}` : `with ${other.begun}`}`, {
    hint: `Leave ${other.flag} out to go on with it, or start a new one without --resume.`,
  });
}

/** The flags that searches and scalings have in common. */
export function commonFlagsBegun({ workload, profile, seed, target }: CommonFlags, begun: { workload: string; run: { profile: string; seed: number }; options: { target?: string | null | undefined } }): FlagBegun[] {
  return [
    { flag: '--workload', given: workload ?? null, begun: begun.workload },
    { flag: '--profile', given: profile ?? null, begun: begun.run.profile },
    { flag: '--seed', given: seed === undefined ? null : String(seed), begun: String(begun.run.seed) },
    { flag: '--target', given: target ?? null, begun: begun.options.target ?? null },
  ];
}
