import type { FastifyInstance } from 'fastify';
import { setTimeout as sleep } from 'node:timers/promises';

/** `GET /slow?ms=500` is answered after so long, up to 10 s: a request that can be under way while something else happens. */
export function slowRoute(app: FastifyInstance): void {
  app.get<{ Querystring: { ms: string } }>('/slow', { schema: { querystring: { type: 'object', additionalProperties: false, properties: { ms: { type: 'string', pattern: '^(\\d{1,4}|10000)$', default: '500' } } } } }, async (request) => {
    await sleep(Number(request.query.ms));
    return { waitedMs: Number(request.query.ms) };
  });
}
