import type { FastifyInstance } from 'fastify';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Guard } from '../faults.ts';
import type { JobQueue } from '../job-queue.ts';
import type { Readiness } from '../readiness.ts';

export interface HealthContext {
  version: string;
  ffmpeg: { version: string; source: string };
  queue: JobQueue;
  readiness: Readiness;
  off: ReadonlySet<Guard>;
}

const JSON_TYPE = 'application/json; charset=utf-8';

const SHARED_MS = 400;

/** `/health` and `/health/live` say that the process runs; `/health/ready` whether it takes work; `/health/detailed` why. */
export function healthRoutes(app: FastifyInstance, { version, ffmpeg, queue, readiness, off }: HealthContext): void {
  // What newcomers measure first: as close to nothing as a route can be.
  const ok = JSON.stringify({ status: 'ok', version });
  const live = JSON.stringify({ status: 'alive' });
  // The defect of probes that are answered by those who do the work.
  if (off.has('health-isolation')) {
    app.addHook('onRequest', async (request) => {
      if (request.url.startsWith('/health') && queue.active >= queue.concurrency) await sleep(SHARED_MS);
    });
  }
  app.get('/health', (_, reply) => reply.type(JSON_TYPE).send(ok));
  app.get('/health/live', (_, reply) => reply.type(JSON_TYPE).send(live));

  app.get('/health/ready', async (_, reply) => {
    const failing = Object.entries(await readiness.checks()).filter(([, { ok: good }]) => !good);
    if (failing.length === 0 || off.has('ready-probe')) return { status: 'ready' };
    return reply.code(503).send({ status: 'not ready', reasons: failing.map(([name, { detail }]) => `${name}: ${detail}`) });
  });

  app.get('/health/detailed', async (_, reply) => {
    const checks = await readiness.checks();
    const good = Object.values(checks).every(({ ok: each }) => each);
    const memory = process.memoryUsage();
    return reply.code(good ? 200 : 503).send({
      status: good ? 'ok' : 'degraded',
      version,
      uptimeS: Math.round(process.uptime() * 10) / 10,
      ffmpeg: { version: ffmpeg.version, source: ffmpeg.source },
      queue: { length: queue.length, limit: queue.limit },
      jobs: { active: queue.active, concurrency: queue.concurrency },
      memory: { rssBytes: memory.rss, heapUsedBytes: memory.heapUsed },
      checks,
    });
  });
}
