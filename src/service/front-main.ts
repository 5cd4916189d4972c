import { writeSync } from 'node:fs';
import { BenchError, EXIT, reasonOf } from '../errors.ts';
import { startFront } from './front.ts';
import { serviceOptions } from './options.ts';
import type { ServiceMessage } from './protocol.ts';

/*
 * The front process of the proxied mode, started by launch.ts with READYBENCH_FRONT_BACKEND. It says on its output that it is ready, and
 * ends as the service does.
 */
const say = (message: ServiceMessage): void => void writeSync(1, `${JSON.stringify(message)}\n`);

try {
  const { host, port, drainMs, bodyLimit, faults } = serviceOptions();
  const front = await startFront({ backend: process.env['READYBENCH_FRONT_BACKEND'] ?? '', host, port, drainMs, bodyLimit, delayMs: faults.frontDelayMs });
  const end = (): void => {
    process.stdin.destroy();
    void front.stop();
  };
  process.once('SIGTERM', end).once('SIGINT', end);
  process.stdin.once('end', end).once('close', end).once('error', end).resume();
  say({ type: 'ready', baseUrl: front.baseUrl, version: '' });
} catch (error) {
  const known = error instanceof BenchError ? error : new BenchError(EXIT.usage, `the front process cannot start: ${reasonOf(error)}`);
  process.exitCode = known.exitCode;
  say({ type: 'failed', exitCode: known.exitCode, message: known.message, hint: known.hint ?? null });
}
