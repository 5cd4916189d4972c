import { writeSync } from 'node:fs';
import { BenchError, EXIT, reasonOf } from '../errors.ts';
import { createToolResolver } from '../host/tools.ts';
import { serviceOptions } from './options.ts';
import type { ServiceMessage } from './protocol.ts';
import { startService } from './service.ts';

/*
 * The video service as a process of its own, started by launch.ts. It says on its output that it is ready, and ends on SIGTERM, on
 * SIGINT, and when its input closes, for then whoever started it is gone.
 */
const say = (message: ServiceMessage): void => void writeSync(1, `${JSON.stringify(message)}\n`);

try {
  const options = serviceOptions();
  const service = await startService(options, createToolResolver());
  const end = (): void => {
    process.stdin.destroy();
    service.stop().catch((error: unknown) => {
      process.exitCode = EXIT.internal;
      writeSync(2, `${reasonOf(error)}\n`);
    });
  };
  // The defect of a program that does not handle it.
  process.on('SIGTERM', options.faults.off.has('sigterm') ? () => undefined : end);
  process.on('SIGINT', end);
  process.stdin.once('end', end).once('close', end).once('error', end).resume();
  say({ type: 'ready', baseUrl: service.baseUrl, version: service.version });
} catch (error) {
  const known = error instanceof BenchError ? error : new BenchError(EXIT.internal, reasonOf(error));
  process.exitCode = known.exitCode;
  say({ type: 'failed', exitCode: known.exitCode, message: known.message, hint: known.hint ?? null });
}
