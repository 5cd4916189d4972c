import { BenchError, EXIT } from '../errors.ts';
import type { Severity } from '../record/limits.ts';

/** `sla` and `critical` are one; `warning` and `info` fail on breaches of that severity and worse. */
export const FAIL_CLASSES = ['sla', 'critical', 'warning', 'info', 'regression', 'invalid', 'no-baseline'] as const;
export type FailClass = (typeof FAIL_CLASSES)[number];

/** Which of a run's faults make it fail. */
export interface FailPolicy {
  on: ReadonlySet<FailClass>;
  /** `invalid` was asked for by name: limits that could not be decided, and too few samples, fail as well. */
  strict: boolean;
}

export const DEFAULT_POLICY: FailPolicy = { on: new Set(['sla', 'regression', 'invalid']), strict: false };

/** Whether a broken limit of this severity fails the run. */
export function failsOn({ on }: FailPolicy, severity: Severity): boolean {
  if (on.has('info')) return true;
  if (on.has('warning')) return severity !== 'info';
  return severity === 'critical' && (on.has('sla') || on.has('critical'));
}

/** `--fail-on sla,regression` → policy; undefined is the default. Throws a BenchError (2). */
export function parseFailOn(text: string | undefined): FailPolicy {
  if (text === undefined) return DEFAULT_POLICY;
  const names = text.split(',').map((name) => name.trim()).filter((name) => name !== '');
  const isClass = (name: string): name is FailClass => FAIL_CLASSES.some((each) => each === name);
  const unknown = names.filter((name) => !isClass(name));
  if (unknown.length > 0 || names.length === 0) {
    throw new BenchError(EXIT.usage, `--fail-on does not know ${unknown.length > 0 ? unknown.map((name) => `"${name}"`).join(', ') : 'an empty list'}`, {
      hint: `write one or more of ${FAIL_CLASSES.join(', ')}, separated by commas`,
    });
  }
  const on = new Set(names.filter(isClass));
  return { on, strict: on.has('invalid') };
}
