#!/usr/bin/env node
/** Entry of `bench`. `--version` must cost no more than Node itself, so it is answered before anything else is loaded. */
import { version } from './version.ts';

const args = process.argv.slice(2);
if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
  process.stdout.write(`${version()}\n`);
} else {
  // A reader that went away (`2>&1 | head`) is no failure of the run: without a listener, Node would end it with exit code 1, an SLA breach.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  const { main } = await import('./program.ts');
  process.exit(await main(args));
}
