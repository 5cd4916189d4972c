import type { Issue } from './issues.ts';
import type { Path } from './problem.ts';

/** Where a value stands in the file, and what its children are. */
export interface Place {
  start: number;
  keyStart: number | undefined;
  children: ReadonlyMap<string | number, Place>;
  /** For a text that is wholly `${env.X}`: the number or truth value it also is. */
  typed?: number | boolean;
  /** A reference in it has no value: nothing can be said about it yet. */
  unset?: true;
}

/** The place a path leads to, or the deepest part of the way that exists. */
export function placeAt(root: Place, path: Path): { place: Place; depth: number } {
  let place = root;
  for (const [depth, part] of path.entries()) {
    const child = place.children.get(part);
    if (child === undefined) return { place, depth };
    place = child;
  }
  return { place, depth: path.length };
}

/** The place a path leads to, where all of it exists. */
export function exactPlace(root: Place, path: Path): Place | undefined {
  const { place, depth } = placeAt(root, path);
  return depth === path.length ? place : undefined;
}

/** The place of a value or key; of something that is missing, the key under which it is missing. */
export const locateIn = (root: Place) => (path: Path, at: Issue['at']): number => {
  const { place, depth } = placeAt(root, path);
  const found = depth === path.length && at === 'value';
  return found ? place.start : (place.keyStart ?? place.start);
};
