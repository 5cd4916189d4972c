import { rm, writeFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { BenchError, EXIT, type ExitCode } from '../../errors.ts';
import { PACKAGE_ROOT } from '../../paths.ts';
import { cannotWrite, isCode, makeFolders } from '../../record/folder.ts';
import { initialScenario } from '../../scenario/init.ts';
import { parseScenario } from '../../scenario/load.ts';
import { formatProblems } from '../../scenario/problem.ts';
import { print } from '../deliver.ts';

/** Writes a scenario for the user's own API. It is checked before it is written, and never overwrites a file. */
export async function init(name: string | undefined, flags: { url: string; path: string; dir: string }): Promise<ExitCode> {
  const chosen = name ?? nameFrom(basename(process.cwd()));
  const file = join(flags.dir, `${chosen}.yaml`);
  const text = initialScenario({ name: chosen, baseUrl: flags.url, path: flags.path }, relative(flags.dir, join(PACKAGE_ROOT, 'scenarios', 'schema.json')));
  const { errors } = parseScenario(text, file, { env: {}, unset: 'error' });
  if (errors.length > 0) throw new BenchError(EXIT.usage, `this would not be a right scenario\n${formatProblems(errors)}`, { hint: 'bench init NAME --url http://127.0.0.1:8080 --path /health' });
  try {
    await makeFolders(flags.dir);
  } catch (error) {
    throw cannotWrite(file, '--dir DIR', error);
  }
  try {
    await writeFile(file, text, { flag: 'wx' });
  } catch (error) {
    if (isCode(error, 'EEXIST')) throw new BenchError(EXIT.usage, `${file} is there already`, { hint: 'choose another name: bench init NAME' });
    // On a disk that filled up, half of it.
    await rm(file, { force: true }).catch(() => undefined);
    throw cannotWrite(file, '--dir DIR', error);
  }
  await print(process.stdout, `wrote ${file}\nrun it:  bench run ${file}\n`);
  return EXIT.pass;
}

function nameFrom(folder: string): string {
  return folder.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-+|-+$/g, '').slice(0, 64) || 'my-api';
}
