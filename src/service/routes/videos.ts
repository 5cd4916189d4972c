import type { FastifyInstance } from 'fastify';
import { open } from 'node:fs/promises';
import { RANK, submitBody, type ClipParameters, type Priority } from '../clip.ts';
import type { Guard } from '../faults.ts';
import type { Library, Submitted } from '../library.ts';
import type { Readiness } from '../readiness.ts';

const string = { type: 'string' } as const;
const number = { type: 'number' } as const;
const video = {
  type: 'object',
  required: ['id', 'status', 'progress', 'cached', 'title', 'durationS', 'width', 'height', 'queuedAt'],
  properties: {
    id: string, status: string, progress: number, cached: { type: 'boolean' }, title: string, durationS: number, width: number, height: number,
    queuedAt: string, startedAt: string, finishedAt: string, bytes: number, error: string,
  },
} as const;
const page = { type: 'object', properties: { items: { type: 'array', items: video }, total: number, limit: number, offset: number } } as const;
const listQuery = {
  type: 'object',
  additionalProperties: false,
  properties: { limit: { type: 'string', pattern: '^([1-9]|[1-9]\\d|100)$', default: '20' }, offset: { type: 'string', pattern: '^\\d{1,9}$', default: '0' } },
} as const;

const MAX_LISTED = 10_000;
const MAX_KEYS = 10_000;

/** Which video a submit with an Idempotency-Key was answered with, for the latest keys. */
class RepeatedSubmits {
  readonly #ids = new Map<string, string>();

  idOf(key: string): string | undefined {
    return this.#ids.get(key);
  }

  remember(key: string, id: string): void {
    this.#ids.set(key, id);
    const [oldest] = this.#ids.keys();
    if (this.#ids.size > MAX_KEYS && oldest !== undefined) this.#ids.delete(oldest);
  }
}

/** Submit, look, list, fetch, delete. */
export function videoRoutes(app: FastifyInstance, { library, readiness, off }: { library: Library; readiness: Readiness; off: ReadonlySet<Guard> }): void {
  const answered = new RepeatedSubmits();
  const unknown = (id: string): { statusCode: number; error: string; message: string } => ({ statusCode: 404, error: 'Not Found', message: `no video ${id}` });

  app.post<{ Body: ClipParameters & { cache: boolean; split: boolean; pace?: number; priority: Priority } }>('/videos', { schema: { body: submitBody, response: { 202: video } } }, (request, reply) => {
    const { cache, split, pace, priority, ...parameters } = request.body;
    const key = off.has('idempotency') ? undefined : [request.headers['idempotency-key'] ?? []].flat()[0];
    const before = key === undefined ? undefined : library.get(answered.idOf(key) ?? '');
    if (before !== undefined) return reply.code(202).header('location', `/videos/${before.id}`).send(before);
    const submitted: Submitted = readiness.draining ? { accepted: false, retryAfterS: 1 } : library.submit(parameters, { cache, split, ...(pace === undefined ? {} : { pace }), priority: off.has('priority') ? RANK.normal : RANK[priority] });
    if (submitted.accepted && key !== undefined) answered.remember(key, submitted.video.id);
    if (!submitted.accepted) {
      const message = readiness.draining ? 'shutting down' : 'the queue is full';
      return reply.code(503).header('retry-after', submitted.retryAfterS).send({ statusCode: 503, error: 'Service Unavailable', message });
    }
    return reply.code(202).header('location', `/videos/${submitted.video.id}`).send(submitted.video);
  });

  app.get<{ Querystring: { limit: string; offset: string } }>('/videos', { schema: { querystring: listQuery, response: { 200: page } } }, (request, reply) => {
    const [limit, offset] = off.has('pagination') ? [MAX_LISTED, 0] : [Number(request.query.limit), Number(request.query.offset)];
    return reply.send({ ...library.list(offset, limit), limit, offset });
  });

  app.get<{ Params: { id: string } }>('/videos/:id', { schema: { response: { 200: video } } }, (request, reply) => {
    const found = library.get(request.params.id);
    return found === undefined ? reply.code(404).send(unknown(request.params.id)) : reply.send(found);
  });

  app.delete<{ Params: { id: string } }>('/videos/:id', (request, reply) =>
    library.remove(request.params.id) ? reply.code(204).send() : reply.code(404).send(unknown(request.params.id)),
  );

  app.get<{ Params: { id: string } }>('/videos/:id/file', async (request, reply) => {
    const { id } = request.params;
    const found = library.get(id);
    const path = library.fileOf(id);
    if (found === undefined || path === undefined) return reply.code(404).send(unknown(id));
    if (found.status !== 'done') return reply.code(409).send({ statusCode: 409, error: 'Conflict', message: `video ${id} is ${found.status}` });
    // Opened before the answer begins, so that its length is the file's whatever is deleted meanwhile.
    const file = await open(path);
    const { size } = await file.stat();
    return reply.type('video/mp4').header('content-length', size).send(file.createReadStream());
  });
}
