#!/usr/bin/env node
/** Entry of `bench`. `--version` must cost no more than Node itself, so it is answered before anything else is loaded. */
import { EXIT } from '../errors.ts';
import { version } from './version.ts';

// Without a listener, Node would end a run whose output is not taken with exit code 1, an SLA breach.
let outputLost = false;
process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
  // A reader that went away (`| head`) is no failure of the run; a full disk is, once.
  if (outputLost || code === 'EPIPE' || code === 'ECONNRESET' || code === 'ERR_STREAM_DESTROYED') return;
  outputLost = true;
  process.exitCode = EXIT.usage;
  process.stderr.write(`error: the output cannot be written: ${message}\n  send it somewhere else, or free some space on that disk\n`);
});
process.stderr.on('error', () => {});

const args = process.argv.slice(2);
if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
  process.stdout.write(`${version()}\n`);
} else {
  const { explain } = await import('./explain.ts');
  // Left to Node, what nobody caught would end as an SLA breach (1), and what never ends with its own 13.
  process.on('uncaughtException', (thrown) => process.exit(explain(thrown)));
  process.once('beforeExit', () => process.exit(explain(new Error('the command stopped halfway: nothing was left to wait for'))));
  const { main } = await import('./program.ts');
  const code = await main(args);
  // By then the last write has failed or not.
  await new Promise((resolve) => setImmediate(resolve));
  process.exit(outputLost && code < EXIT.internal ? EXIT.usage : code);
}
