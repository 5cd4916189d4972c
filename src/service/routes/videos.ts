import type { FastifyInstance } from 'fastify';
import { open } from 'node:fs/promises';
import { submitBody, type ClipParameters } from '../clip.ts';
import type { Library } from '../library.ts';
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

/** Submit, look, list, fetch, delete. */
export function videoRoutes(app: FastifyInstance, { library, readiness }: { library: Library; readiness: Readiness }): void {
  const unknown = (id: string): { statusCode: number; error: string; message: string } => ({ statusCode: 404, error: 'Not Found', message: `no video ${id}` });

  app.post<{ Body: ClipParameters & { cache: boolean } }>('/videos', { schema: { body: submitBody, response: { 202: video } } }, (request, reply) => {
    const { cache, ...parameters } = request.body;
    const submitted = readiness.draining ? ({ accepted: false, retryAfterS: 1 } as const) : library.submit(parameters, cache);
    if (!submitted.accepted) {
      const message = readiness.draining ? 'shutting down' : 'the queue is full';
      return reply.code(503).header('retry-after', submitted.retryAfterS).send({ statusCode: 503, error: 'Service Unavailable', message });
    }
    return reply.code(202).header('location', `/videos/${submitted.video.id}`).send(submitted.video);
  });

  app.get<{ Querystring: { limit: string; offset: string } }>('/videos', { schema: { querystring: listQuery, response: { 200: page } } }, (request, reply) => {
    const [limit, offset] = [Number(request.query.limit), Number(request.query.offset)];
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
