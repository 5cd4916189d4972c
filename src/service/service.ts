import { rm } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { BenchError, EXIT } from '../errors.ts';
import type { ToolResolver } from '../host/tools.ts';
import { PACKAGE_ROOT } from '../paths.ts';
import { buildApp } from './app.ts';
import { ClipMaker } from './clip-maker.ts';
import { ConnectionPool } from './connection-pool.ts';
import { clipFolder } from './folder.ts';
import { JobQueue } from './job-queue.ts';
import { Library } from './library.ts';
import { serviceMetrics } from './metrics.ts';
import type { ServiceOptions } from './options.ts';
import { Readiness } from './readiness.ts';

/** The video service, in this process. */
export interface RunningService {
  baseUrl: string;
  version: string;
  /** Takes no more work, lets requests in flight finish, ends the encodes, removes the clips. May be called again. */
  stop(): Promise<void>;
}

const UNLIMITED = 100_000;
const POOL = { size: 20, waitMs: 2_000 } as const;

/** Throws a BenchError: 6 without ffmpeg, 2 where the port cannot be had. */
export async function startService(options: ServiceOptions, tools: ToolResolver): Promise<RunningService> {
  const ffmpeg = await tools.ffmpeg();
  const version = packageVersion();
  const folder = await clipFolder();
  const { faults } = options;
  const queue = new JobQueue(faults.off.has('concurrency') ? UNLIMITED : options.concurrency, faults.off.has('queue-limit') ? UNLIMITED : options.queueLimit);
  const pool = new ConnectionPool({ size: POOL.size, waitMs: POOL.waitMs, leak: faults.poolLeak });
  const metrics = serviceMetrics({ queue, pool, consumes: !faults.off.has('consumer') });
  const readiness = new Readiness(queue, ffmpeg.path, folder);
  const library = new Library({ maker: new ClipMaker(ffmpeg.path, faults.encodeCost), folder, queue, metrics, faults });
  const app = buildApp({ options, version, ffmpeg, queue, pool, readiness, library, metrics, off: faults.off });

  const stop = async (): Promise<void> => {
    readiness.draining = true;
    if (faults.off.has('drain')) app.server.closeAllConnections();
    // A connection whose last request was in flight stays open when that is answered: it has to be closed then.
    const idle = setInterval(() => app.server.closeIdleConnections(), 20);
    const limit = setTimeout(() => app.server.closeAllConnections(), options.drainMs);
    await Promise.all([app.close(), queue.stop()]);
    clearInterval(idle);
    clearTimeout(limit);
    metrics.events.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    await app.listen({ host: options.host, port: options.port });
  } catch (error) {
    await stop();
    throw new BenchError(EXIT.usage, `the video service cannot listen on ${options.host}:${options.port} (${codeOf(error)})`, {
      hint: 'Choose another port; 0 takes any free one.',
      cause: error,
    });
  }
  const { address, port, family } = app.server.address() as AddressInfo;
  let stopped: Promise<void> | undefined;
  return { baseUrl: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`, version, stop: () => (stopped ??= stop()) };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

export function packageVersion(): string {
  const found: unknown = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8'));
  return typeof found === 'object' && found !== null && 'version' in found ? String(found.version) : 'unknown';
}
