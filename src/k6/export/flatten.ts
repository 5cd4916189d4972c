import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, relative, resolve } from 'node:path';
import { withoutComments } from '../script/modules.ts';

/** A script with what it imports and opens, as files of one folder: a ConfigMap has no others. */
export interface FlatScript {
  /** The file that k6 runs. */
  entry: string;
  files: Record<string, string>;
  binaryFiles: Record<string, Buffer>;
}

/** `from './x.ts'`, `import './x.ts'`, `import('./x.ts')`, `require('./x.ts')`, `import.meta.resolve('./x.json')` */
const RELATIVE = /(\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*|\bimport\.meta\.resolve\s*\(\s*)(['"])(\.{1,2}\/[^'"]+)\2/g;
/** What k6/experimental/fs is called where it is imported whole: its `open` is a method. */
const FILE_SYSTEM = /\bimport\s+(?:\*\s*as\s+)?([\w$]+)\s+from\s*(['"])k6\/experimental\/fs\2/g;
const OPENED_BY_EXPRESSION = /(?<![\w$.])(?<!function\s+)open\s*\(\s*(?:`[^`]*\$\{|(?!['"`)]|import\.meta\.resolve\b))/;
const IMPORTED = /^\s*(?:import|export)\b[^;'"]*?\bfrom\s*(['"])([^'"]+)\1|^\s*import\s*(['"])([^'"]+)\3|\b(?:import|require)\s*\(\s*(['"])([^'"]+)\5/gm;

/**
 * Lays the files of a script flat, their relative names put right. A string says why that cannot be done.
 * @param modules absolute, the script first, with everything it imports
 */
export async function flatten(modules: readonly string[]): Promise<FlatScript | string> {
  const [script = ''] = modules;
  const folder = dirname(script);
  const names = new Map<string, string>();
  const take = (path: string): string => {
    const known = names.get(path) ?? `${names.size}-${basename(path).replaceAll(/[^\w.-]/g, '-')}`;
    names.set(path, known);
    return known;
  };
  modules.forEach(take);
  const flat: FlatScript = { entry: take(script), files: {}, binaryFiles: {} };
  const data = new Set<string>();
  const takeData = (path: string): string => {
    data.add(path);
    return take(path);
  };
  for (const path of modules) {
    const text = await readFile(path, 'utf8');
    const found = (file: string): string[] => [...new Set([resolve(dirname(path), file), resolve(folder, file)])].filter((each) => existsSync(each));
    const code = withoutComments(text);
    const opened = openedIn(code);
    const obstacle = obstacleIn(code, opened, found);
    if (obstacle !== null) return `${relative(folder, path)} ${obstacle}`;
    // A comment is rewritten with the rest, but nothing is taken because of it.
    for (const { 3: file = '' } of code.matchAll(opened)) found(file).forEach(takeData);
    for (const { 1: before = '', 3: specifier = '' } of code.matchAll(RELATIVE)) if (before.includes('resolve') && existsSync(resolve(dirname(path), specifier))) takeData(resolve(dirname(path), specifier));
    flat.files[take(path)] = text
      .replaceAll(opened, (whole, before: string, quote: string, file: string) => {
        const [target] = found(file);
        return target === undefined || !data.has(target) ? whole : `${before}${quote}./${take(target)}${quote}`;
      })
      .replaceAll(RELATIVE, (whole, before: string, quote: string, specifier: string) => {
        const target = resolve(dirname(path), specifier);
        return names.has(target) ? `${before}${quote}./${take(target)}${quote}` : whole;
      });
  }
  for (const path of data) flat.binaryFiles[take(path)] = await readFile(path);
  return flat;
}

/** `open('./x.json', 'b')`, of k6 and of k6/experimental/fs: one of something else, such as a page, opens no file. */
function openedIn(text: string): RegExp {
  const owners = [...text.matchAll(FILE_SYSTEM)].map(([, name = '']) => name.replaceAll('$', String.raw`\$`));
  const ofFileSystem = owners.length === 0 ? '' : String.raw`|(?<=(?<![\w$.])(?:${owners.join('|')})\s*\.\s*)`;
  return new RegExp(String.raw`((?:(?<![\w$]|(?<!\.\.)\.\s*)${ofFileSystem})open\s*\(\s*)(['"\x60])([^'"\x60$\n]+)\2`, 'g');
}

/** What pods that reach nothing but the target, and files of one folder, cannot do. */
function obstacleIn(text: string, opened: RegExp, found: (file: string) => readonly string[]): string | null {
  if (OPENED_BY_EXPRESSION.test(text)) return 'opens a file whose name is not written out';
  for (const { 3: file = '' } of text.matchAll(opened)) {
    const { length } = found(file);
    if (length === 0) return `opens ${file}, which is not there`;
    if (length > 1) return `opens ${file}, which is beside the script as well: give the two files different names`;
  }
  for (const match of text.matchAll(IMPORTED)) {
    const specifier = match[2] ?? match[4] ?? match[6] ?? '';
    if (/^\.{1,2}\//.test(specifier) || /^k6(\/|$)/.test(specifier)) continue;
    return `imports ${specifier}: bundle it into the script, for the pods reach nothing but the target`;
  }
  return null;
}
