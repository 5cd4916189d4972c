import type { Issue } from '../issues.ts';
import type { Path } from '../problem.ts';

/** What a rule found: an issue, and whether it stops the run. */
export interface Finding extends Issue {
  severity: 'error' | 'warning';
}

export const error = (path: Path, message: string, at: Issue['at'] = 'value'): Finding => ({ path, at, message, severity: 'error' });
export const warning = (path: Path, message: string, at: Issue['at'] = 'value'): Finding => ({ path, at, message, severity: 'warning' });

/** Positions of the entries that stand in the list before. */
export function repeated<T>(list: readonly T[]): { index: number; first: number; value: T }[] {
  return list.flatMap((value, index) => (list.indexOf(value) < index ? [{ index, first: list.indexOf(value), value }] : []));
}
