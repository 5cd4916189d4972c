import fastifyHelmet from '@fastify/helmet';
import fastifyJwt from '@fastify/jwt';
import fastifyRateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { ConnectionPool } from './connection-pool.ts';
import type { Guard } from './faults.ts';
import type { Library } from './library.ts';
import type { ServiceOptions } from './options.ts';
import { pooled } from './pooled.ts';
import type { Readiness } from './readiness.ts';
import { videoRoutes } from './routes/videos.ts';

/** The origin that may call from a browser. */
export const ALLOWED_ORIGIN = 'http://localhost:3000';
const COMPRESSED_FROM_BYTES = 1_024;
const REQUESTS_PER_SECOND = 10;

const compress = promisify(gzip);

/** Security headers, CORS for one origin, and compression for those who ask for it: on every route. */
export function guards(app: FastifyInstance, off: ReadonlySet<Guard>): void {
  if (!off.has('security-headers')) void app.register(fastifyHelmet);
  app.addHook('onRequest', async (request, reply) => {
    const { origin } = request.headers;
    if (origin === undefined) return;
    void reply.header('vary', 'Origin');
    if (off.has('cors')) void reply.header('access-control-allow-origin', '*');
    else if (origin === ALLOWED_ORIGIN) void reply.header('access-control-allow-origin', origin);
    if (request.method !== 'OPTIONS') return;
    await reply.header('access-control-allow-methods', 'GET, POST, DELETE').header('access-control-allow-headers', 'authorization, content-type').code(204).send();
  });
  app.options('/*', (_, reply) => reply.code(204).send());
  if (off.has('compression')) return;
  app.addHook('onSend', async (request, reply, payload) => {
    if (typeof payload !== 'string' || payload.length < COMPRESSED_FROM_BYTES || !/\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))) return payload;
    void reply.header('content-encoding', 'gzip').header('vary', 'Accept-Encoding').removeHeader('content-length');
    return compress(payload);
  });
}

export interface GuardedContext {
  options: ServiceOptions;
  library: Library;
  pool: ConnectionPool;
  readiness: Readiness;
  off: ReadonlySet<Guard>;
}

/**
 * The same videos under /api, as a service open to the world offers them: an API key or a JWT on every call, and at most 10 requests
 * a second from one address. POST /api/token gives a JWT for an API key.
 */
export function guardedRoutes(app: FastifyInstance, { options, library, pool, readiness, off }: GuardedContext): void {
  const expected = digest(options.apiKey);
  const hasKey = (request: FastifyRequest): boolean => timingSafeEqual(digest(String(request.headers['x-api-key'] ?? '')), expected);
  const refuse = (reply: FastifyReply, why: string): FastifyReply => reply.code(401).header('www-authenticate', 'Bearer').send({ statusCode: 401, error: 'Unauthorized', message: why });
  void app.register(
    async (api) => {
      await api.register(fastifyJwt, { secret: randomBytes(32).toString('hex') });
      if (!off.has('rate-limit')) await api.register(fastifyRateLimit, { max: REQUESTS_PER_SECOND, timeWindow: 1_000 });
      api.addHook('onRequest', async (request, reply) => {
        if (off.has('auth') || request.method === 'OPTIONS' || hasKey(request)) return;
        if (request.headers.authorization === undefined) return refuse(reply, 'a key or a token is needed');
        try {
          await request.jwtVerify();
        } catch {
          return refuse(reply, 'the token is wrong or has expired');
        }
      });
      api.post<{ Body: { expiresInS?: number } }>('/token', (request, reply) => {
        if (!hasKey(request)) return refuse(reply, 'a key is needed');
        const { expiresInS = 900 } = request.body;
        return reply.send({ token: api.jwt.sign({ iat: Math.floor(Date.now() / 1_000), exp: Math.floor(Date.now() / 1_000) + expiresInS }) });
      });
      pooled(api, pool);
      videoRoutes(api, { library, readiness, off });
    },
    { prefix: '/api' },
  );
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
