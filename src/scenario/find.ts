import { stat } from 'node:fs/promises';
import { basename, extname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { glob } from 'tinyglobby';
import { BenchError, EXIT } from '../errors.ts';
import { CONFIG_FILE } from './config.ts';
import type { LoadResult } from './load.ts';
import { nearest } from './nearest.ts';

export interface Places {
  /** Where relative paths start, and whose `scenarios/` is searched first. */
  cwd: string;
  /** The scenarios that come with the package. */
  packageScenarios: string;
}

/** The folder of a project that holds its scenarios. */
export const SCENARIO_FOLDER = 'scenarios';

/**
 * What the words of the command line stand for: files, folders (all scenarios below), globs, or names, searched in
 * `./scenarios` and then among those of the package. Without words: all scenarios of the first of these folders that has any.
 * Files come sorted, each once, relative to `cwd` where they lie below it. Throws a BenchError (2) naming every word that found nothing.
 */
export async function findScenarios(words: readonly string[], places: Places): Promise<string[]> {
  if (words.length === 0) return display(await allOfFirst(places), places);
  const found = await Promise.all(words.map(async (word) => ({ word, files: await find(word, places) })));
  const missing = found.filter(({ files }) => files.length === 0).map(({ word }) => word);
  if (missing.length > 0) throw await notFound(missing, places);
  return display(found.flatMap(({ files }) => files), places);
}

async function find(word: string, places: Places): Promise<string[]> {
  const path = resolve(places.cwd, word);
  const kind = await kindOfPath(path);
  if (kind === 'file') return [path];
  if (kind === 'folder') {
    const files = await scenariosBelow(path);
    if (files.length === 0) throw new BenchError(EXIT.usage, `There is no scenario in ${word}`, { hint: 'A scenario is a .yaml or .yml file; `bench init` writes one' });
    return files;
  }
  if (/[*?]/.test(word) && !isAbsolute(word)) return scenariosBelow(places.cwd, [word]);
  for (const folder of folders(places)) {
    const files = (await scenariosBelow(folder)).filter((file) => namesOf(file, folder).includes(word));
    if (files.length > 0) return files;
  }
  return [];
}

const folders = ({ cwd, packageScenarios }: Places): string[] => [...new Set([join(cwd, SCENARIO_FOLDER), packageScenarios])];

/** What a file answers to: `api` for `video-generation/api.yaml`, also `video-generation/api`, and the pack `video-generation`. */
function namesOf(file: string, folder: string): string[] {
  const path = relative(folder, file).split(sep).join('/');
  const bare = path.slice(0, path.length - extname(path).length);
  const parents = bare.split('/').slice(0, -1);
  return [basename(bare), bare, path, ...parents.map((_, index) => parents.slice(0, index + 1).join('/'))];
}

async function scenariosBelow(folder: string, patterns = ['**/*.yaml', '**/*.yml']): Promise<string[]> {
  if ((await kindOfPath(folder)) !== 'folder') return [];
  const files = await glob(patterns, { cwd: folder, absolute: true, onlyFiles: true, expandDirectories: false, ignore: ['**/node_modules/**', `**/${CONFIG_FILE}`] });
  return files.filter((file) => /\.ya?ml$/.test(file)).toSorted();
}

async function allOfFirst(places: Places): Promise<string[]> {
  for (const folder of folders(places)) {
    const files = await scenariosBelow(folder);
    if (files.length > 0) return files;
  }
  throw new BenchError(EXIT.usage, `There are no scenarios in ${folders(places).join(' or ')}`, { hint: 'Name a scenario file, or write one with `bench init`' });
}

async function notFound(words: readonly string[], places: Places): Promise<BenchError> {
  const known = (await Promise.all(folders(places).map(async (folder) => (await scenariosBelow(folder)).flatMap((file) => namesOf(file, folder).slice(0, 2))))).flat();
  const meant = words.flatMap((word) => nearest(basename(word, extname(word)), known) ?? []);
  const names = [...new Set(known)].filter((each) => !each.includes('/'));
  const hint = meant.length > 0 ? `Did you mean ${meant.join(', ')}? ` : '';
  return new BenchError(EXIT.usage, `There is no scenario ${words.join(', ')}: no such file or folder here, and no such name in ${folders(places).join(' or ')}`, {
    hint: `${hint}${names.length === 0 ? 'Write one with `bench init`' : `There are ${names.join(', ')}`}`,
  });
}

async function kindOfPath(path: string): Promise<'file' | 'folder' | undefined> {
  try {
    const found = await stat(path);
    return found.isDirectory() ? 'folder' : 'file';
  } catch {
    return undefined;
  }
}

function display(files: readonly string[], { cwd }: Places): string[] {
  const shown = files.map((file) => {
    const short = relative(cwd, file);
    return short.startsWith('..') || isAbsolute(short) ? file : short;
  });
  return [...new Set(shown)];
}

/**
 * Narrows loaded scenarios to those with one of the tags. A file too broken to tell its tags stays, so that its mistakes are
 * seen. Throws a BenchError (2) listing the tags where nothing is left.
 */
export function withTags(results: readonly LoadResult[], tags: readonly string[]): LoadResult[] {
  if (tags.length === 0) return [...results];
  const chosen = results.filter(({ outline }) => outline === undefined || outline.tags.some((tag) => tags.includes(tag)));
  if (chosen.length > 0) return chosen;
  const known = [...new Set(results.flatMap(({ outline }) => outline?.tags ?? []))].toSorted();
  const names = results.flatMap(({ outline }) => outline?.name ?? []);
  throw new BenchError(EXIT.usage, `No scenario is tagged ${tags.join(' or ')}`, {
    hint: `${known.length === 0 ? 'No scenario has a tag' : `Tags there are: ${known.join(', ')}`}; scenarios: ${names.join(', ')}`,
  });
}
