import { BenchError, EXIT, type ExitCode, reasonOf } from '../errors.ts';
import { isCode } from '../record/folder.ts';
import { colours } from './colours.ts';

/** Prints what went wrong and the next step, on stderr. A known error is a sentence and a hint; an unknown one is a bug, with its stack. */
export function explain(thrown: unknown): ExitCode {
  const { red, dim } = colours(process.stderr);
  if (isOutOfFiles(thrown)) return explain(new BenchError(EXIT.usage, reasonOf(thrown), { hint: 'raise the limit of open files: ulimit -n 4096', cause: thrown }));
  if (thrown instanceof BenchError) {
    process.stderr.write(`${red('error:')} ${thrown.message}\n`);
    if (thrown.hint !== undefined) process.stderr.write(`${thrown.hint.split('\n').map((line) => `  ${line}`).join('\n')}\n`);
    return thrown.exitCode;
  }
  process.stderr.write(`${red('internal error:')} ${reasonOf(thrown)}\n`);
  if (thrown instanceof Error && thrown.stack !== undefined) process.stderr.write(`${dim(thrown.stack.split('\n').slice(1).join('\n'))}\n`);
  process.stderr.write('This is a bug in readybench: please report it with the command you ran.\n');
  return EXIT.internal;
}

/** The limit of the shell or of the machine, met anywhere. */
function isOutOfFiles(thrown: unknown): boolean {
  return !(thrown instanceof BenchError) && (isCode(thrown, 'EMFILE') || isCode(thrown, 'ENFILE'));
}
