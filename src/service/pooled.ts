import type { FastifyInstance } from 'fastify';
import type { ConnectionPool } from './connection-pool.ts';

/** Every request of this scope holds a connection from before its handler until its answer is out; 503 where none is free in time. */
export function pooled(app: FastifyInstance, pool: ConnectionPool): void {
  app.addHook('preHandler', async (_, reply) => {
    const release = await pool.acquire();
    if (release === null) return reply.code(503).header('retry-after', 1).send({ statusCode: 503, error: 'Service Unavailable', message: 'no connection to the database is free' });
    // Comes for answers that were cut off too; for those cut off while they waited it has come already.
    if (reply.raw.destroyed) release();
    else reply.raw.once('close', release);
    return;
  });
}
