/** Exit codes of `bench`, in the contract's words. */
export const EXIT = {
  pass: 0,
  slaBreach: 1,
  usage: 2,
  regression: 3,
  invalid: 4,
  unreachable: 5,
  toolMissing: 6,
  internal: 70,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Which code wins when a run earns several: the first of these that was earned. */
export const EXIT_PRECEDENCE: readonly ExitCode[] = [
  EXIT.internal,
  EXIT.usage,
  EXIT.toolMissing,
  EXIT.unreachable,
  EXIT.invalid,
  EXIT.slaBreach,
  EXIT.regression,
];

/**
 * A known way for a command to end: wrong input, a missing tool, a target that is down.
 * The command line prints `message` and `hint` and exits with `exitCode`; anything else that is thrown is a bug (70).
 */
export class BenchError extends Error {
  readonly exitCode: ExitCode;
  /** The next step, as a sentence the reader can act on. */
  readonly hint: string | undefined;

  constructor(exitCode: ExitCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'BenchError';
    this.exitCode = exitCode;
    this.hint = options.hint;
  }
}

/** The message of anything that was thrown, with its causes, on one line. */
export function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const parts = thrown instanceof AggregateError && thrown.message === '' ? thrown.errors.map(reasonOf) : [thrown.message];
  if (thrown.cause !== undefined) parts.push(reasonOf(thrown.cause));
  return parts.filter((part) => part !== '').join(': ') || thrown.name;
}
