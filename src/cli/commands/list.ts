import { EXIT, type ExitCode } from '../../errors.ts';
import { readScenarios } from '../../pipeline/plan.ts';
import { BUILT_IN_PROFILES } from '../../scenario/schema.ts';
import { formatProblems } from '../../scenario/problem.ts';
import { colours } from '../colours.ts';
import { print } from '../deliver.ts';

/** The scenarios there are. One with mistakes is listed as far as it can be read, and its mistakes are counted. */
export async function list(words: string[], flags: { tag?: string; json?: true }): Promise<ExitCode> {
  const results = await readScenarios(words, flags.tag === undefined ? [] : [flags.tag], { cwd: process.cwd(), env: process.env, unset: 'warning', targetGiven: true });
  if (flags.json === true) {
    const plain = results.map(({ file, outline, errors, warnings }) => ({ file, ...outline, errors, warnings }));
    await print(process.stdout, `${JSON.stringify(plain, null, 2)}\n`);
    return EXIT.pass;
  }
  const { bold, dim, red } = colours(process.stdout);
  const blocks = results.map(({ file, outline, errors }) =>
    [
      `${bold(outline?.name ?? '(no name)')}  ${dim(file)}`,
      ...(outline?.description === undefined ? [] : [`  ${outline.description}`]),
      `  tags: ${outline?.tags.join(', ') || 'none'}`,
      `  profiles: ${[...new Set([...Object.keys(BUILT_IN_PROFILES), ...(outline?.profiles ?? []).map(({ name }) => name)])].join(', ')}`,
      ...(outline?.workloads ?? []).map(({ name, kind }) => `  ${(name ?? '(no name)').padEnd(24)} ${kind ?? '(no kind)'}`),
      ...(errors.length === 0 ? [] : [`  ${red(`${errors.length} ${errors.length === 1 ? 'mistake' : 'mistakes'}: bench validate ${file}`)}`]),
    ].join('\n'),
  );
  await print(process.stdout, `${blocks.join('\n\n')}\n`);
  return EXIT.pass;
}

/** `bench validate`: every mistake of every file, at its place. */
export async function validate(words: string[], flags: { json?: true }): Promise<ExitCode> {
  const results = await readScenarios(words, [], { cwd: process.cwd(), env: process.env, unset: 'error' });
  const problems = results.flatMap(({ errors, warnings }) => [...errors, ...warnings]);
  const errors = results.reduce((sum, result) => sum + result.errors.length, 0);
  if (flags.json === true) {
    await print(process.stdout, `${JSON.stringify(problems, null, 2)}\n`);
  } else {
    const clean = results.filter((result) => result.errors.length === 0).map(({ file }) => `${file}: right`);
    await print(process.stdout, `${[...(problems.length === 0 ? [] : [formatProblems(problems)]), ...clean].join('\n')}\n`);
  }
  return errors === 0 ? EXIT.pass : EXIT.usage;
}
