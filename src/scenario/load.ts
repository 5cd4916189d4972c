import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve as resolvePath } from 'node:path';
import { reasonOf } from '../errors.ts';
import type { Workload } from '../workloads/schemas.ts';
import { checkScenario, type TwoForms } from './check.ts';
import { asReference, finish, finishAll, type Environment } from './interpolate.ts';
import { outlineOf, type Outline } from './outline.ts';
import { placeAt } from './place.ts';
import { atMost, inOrder, type Problem } from './problem.ts';
import type { Scenario } from './schema.ts';
import { LIMITS, readYaml, tooLong } from './yaml.ts';

export interface LoadOptions {
  env: Environment;
  /** What a variable without a value and default is: `error` where the scenario is to be run or validated, `warning` for a list. */
  unset: 'error' | 'warning';
  /** A target was given on the command line: scenarios need none of their own. */
  targetGiven?: boolean;
}

/** A scenario file without mistakes. */
export interface LoadedScenario {
  /** As it was asked for. */
  file: string;
  /** Absolute: relative files in the scenario start here. */
  dir: string;
  /** The text as written. */
  source: string;
  scenario: TwoForms<Scenario>;
  /** All workloads as each defined profile changes them, by profile name. */
  variants: Readonly<Record<string, TwoForms<Workload[]>>>;
}

/** What came of one file. Without errors there is a value, unless a variable is unset and that was to be a warning. */
export interface LoadResult {
  file: string;
  value: LoadedScenario | undefined;
  outline: Outline | undefined;
  warnings: Problem[];
  errors: Problem[];
  /** Values that must never be stored or shown, for the redactor. */
  secrets: ReadonlySet<string>;
  /** Where its name stands. */
  namedAt: { line: number; column: number };
}

/** Reads scenario files; every mistake of all of them is in the results. */
export async function loadScenarios(files: readonly string[], options: LoadOptions): Promise<LoadResult[]> {
  const results = await Promise.all(files.map(async (file) => loadScenario(file, options)));
  return withDuplicateNames(results);
}

async function loadScenario(file: string, options: LoadOptions): Promise<LoadResult> {
  const unread = (message: string): LoadResult => ({
    file,
    value: undefined,
    outline: undefined,
    warnings: [],
    errors: [{ file, line: 1, column: 1, path: '', message, severity: 'error' }],
    secrets: new Set(),
    namedAt: { line: 1, column: 1 },
  });
  try {
    const found = await stat(file);
    // A pipe that nobody writes to would be waited for without end.
    if (!found.isFile() && !PIPED.test(file)) return unread('is not a regular file');
    const { size } = found;
    return size > LIMITS.bytes ? unread(tooLong(size)) : parseScenario(await readFile(file), file, options);
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown)) throw thrown;
    return unread(thrown.code === 'ENOENT' ? 'there is no such file' : `cannot be read: ${reasonOf(thrown)}`);
  }
}

/** What a shell puts in place of `<(…)`, and its input. */
const PIPED = /^\/dev\/(fd\/\d+|stdin)$/;

/** Text → scenario. Pure: the environment is an argument. */
export function parseScenario(input: Uint8Array | string, file: string, options: LoadOptions): LoadResult {
  const yaml = readYaml(input, file, options);
  const problems = [...yaml.problems];
  const outline = outlineOf(yaml.plain);
  const checked = yaml.plain === undefined ? undefined : checkScenario(yaml, outline, options.targetGiven ?? false);
  problems.push(...(checked?.problems ?? []));
  const shown = inOrder(problems).map((problem) => ({ ...problem, message: problem.message === 'is empty' ? EMPTY : finish(problem.message, asReference) }));
  const errors = atMost(shown.filter(({ severity }) => severity === 'error'));
  const { line, column } = yaml.problem(placeAt(yaml.root, ['name']).place.start, [], '');
  return {
    file,
    value: errors.length === 0 && checked?.value !== undefined ? { file, dir: dirname(resolvePath(file)), source: yaml.text, ...checked.value } : undefined,
    outline: outline === undefined ? undefined : finishAll(outline, asReference),
    warnings: atMost(shown.filter(({ severity }) => severity === 'warning')),
    errors,
    secrets: new Set(yaml.secrets.values()),
    namedAt: { line, column },
  };
}

const EMPTY = 'is empty: a scenario has at least name and workloads, `bench init` writes one to start from';

/** Two scenarios of one name would share their baselines. */
function withDuplicateNames(results: readonly LoadResult[]): LoadResult[] {
  const firsts = new Map<string, string>();
  return results.map((result) => {
    const name = result.outline?.name;
    if (name === undefined) return result;
    const first = firsts.get(name);
    firsts.set(name, first ?? result.file);
    if (first === undefined || first === result.file) return result;
    const problem: Problem = { file: result.file, ...result.namedAt, path: 'name', message: `${name} is the name of ${first} already: baselines are stored by name, choose another`, severity: 'error' };
    return { ...result, value: undefined, errors: inOrder([...result.errors, problem]) };
  });
}
