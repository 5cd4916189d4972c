import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { BenchError, EXIT, reasonOf } from '../../errors.ts';

/** A hand-written script and every file of ours that it imports. */
export interface ScriptModules {
  /** Absolute, the script first. */
  files: string[];
  /** Of their contents: two scripts with one sha256 measure the same. */
  sha256: string;
}

/** `from './x.ts'`, `import './x.ts'`, `import('./x.ts')`, `require('./x.ts')`: relative files alone, the rest is k6's business. */
const IMPORTED = /(?:\bfrom|\bimport|\bimport\s*\(|\brequire\s*\()\s*(['"])(\.{1,2}\/[^'"]+)\1/g;

/**
 * Follows the relative imports of a script, as k6 resolves them: by the file's whole name. Throws a BenchError (2) for a file
 * that is not there. @param named what the scenario calls the script
 */
export async function scriptModules(script: string, named: string): Promise<ScriptModules> {
  const contents = new Map<string, string>();
  const left = [{ path: script, from: null as string | null }];
  for (let next = left.shift(); next !== undefined; next = left.shift()) {
    const { path, from } = next;
    if (contents.has(path)) continue;
    const text = await textOf(path, from === null ? named : `${named}: ${relative(dirname(script), from)} imports ${relative(dirname(script), path)}, which`);
    contents.set(path, text);
    for (const [, , specifier = ''] of withoutComments(text).matchAll(IMPORTED)) left.push({ path: resolve(dirname(path), specifier), from: path });
  }
  const hash = createHash('sha256');
  for (const [path, text] of [...contents].sort(([a], [b]) => (a < b ? -1 : 1))) hash.update(`${relative(dirname(script), path)}\0${text}\0`);
  return { files: [...contents.keys()], sha256: hash.digest('hex') };
}

async function textOf(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (thrown) {
    throw new BenchError(EXIT.usage, `${what} cannot be read (${reasonOf(thrown)})`, { hint: 'Paths start at the folder of the file that names them; k6 wants the whole name, with its extension.', cause: thrown });
  }
}

/** A text, in which nothing begins a comment (`accept: '*\/*'`), or a comment. */
const TEXT_OR_COMMENT = /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\[\s\S]|[^`\\])*`)|\/\*[\s\S]*?\*\/|(?<![:'"`\\])\/\/.*/g;

/** Roughly: an import in a comment is none. */
export function withoutComments(text: string): string {
  return text.replaceAll(TEXT_OR_COMMENT, (_, kept: string | undefined) => kept ?? '');
}
