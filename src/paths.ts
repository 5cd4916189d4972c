import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the installed package: the nearest one above this file with a package.json, the same from src/ (tests) and from dist/ (users). */
export const PACKAGE_ROOT = above(dirname(fileURLToPath(import.meta.url)));

function above(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  if (dirname(folder) === folder) throw new Error('this file is in no package');
  return above(dirname(folder));
}

/** A program or thread of its own, as built, by its place under src/. */
export const builtEntry = (entry: 'host/control-main' | 'host/guardian-main' | 'load/worker' | 'service/main' | 'service/front-main'): string => join(PACKAGE_ROOT, 'dist', 'bundle', `${entry}.js`);
