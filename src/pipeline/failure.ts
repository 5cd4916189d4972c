import { BenchError, EXIT, reasonOf } from '../errors.ts';
import type { Reason } from '../record/schema.ts';

const KINDS: Partial<Record<number, Reason['kind']>> = {
  [EXIT.usage]: 'usage',
  [EXIT.unreachable]: 'unreachable',
  [EXIT.toolMissing]: 'tool-missing',
};

/** What ended a run, as a reason of its verdict. Anything that is not a known error is a bug. Pure. */
export function failureReason(thrown: unknown): Reason {
  const kind = thrown instanceof BenchError ? (KINDS[thrown.exitCode] ?? 'internal') : 'internal';
  return { kind, scenario: null, workload: null, metric: null, sentence: thrown instanceof BenchError ? thrown.message : reasonOf(thrown) };
}

/** What work threw, or undefined: a failure is part of the outcome where something was measured already. */
export async function caught(work: () => Promise<void>): Promise<unknown> {
  try {
    await work();
    return undefined;
  } catch (thrown) {
    return thrown ?? new Error('unknown failure');
  }
}
