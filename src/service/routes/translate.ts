import type { FastifyInstance } from 'fastify';
import { CircuitBreaker, OpenCircuit } from '../circuit-breaker.ts';
import { Dependency, MODES, withRetries, type Mode } from '../dependency.ts';
import type { Guard } from '../faults.ts';

const BREAKER = { failures: 5, openMs: 1_000 } as const;

/** `GET /translate?text=…` asks a dependency behind retries and a circuit breaker; `POST /dependency` makes that fail, as a fault injection would. */
export function translateRoutes(app: FastifyInstance, off: ReadonlySet<Guard>): void {
  const dependency = new Dependency();
  const breaker = new CircuitBreaker(BREAKER);
  const once = (text: string) => (): Promise<string> => dependency.translate(text);
  const tried = (text: string) => (off.has('retry') ? once(text) : () => withRetries(once(text)));

  app.get<{ Querystring: { text: string } }>('/translate', { schema: { querystring: { type: 'object', additionalProperties: false, required: ['text'], properties: { text: { type: 'string', maxLength: 1_000 } } } } }, async (request, reply) => {
    const work = tried(request.query.text);
    try {
      return { text: off.has('circuit-breaker') ? await work() : await breaker.call(work) };
    } catch (error) {
      if (error instanceof OpenCircuit) return reply.code(503).header('retry-after', BREAKER.openMs / 1_000).send({ statusCode: 503, error: 'Service Unavailable', message: 'the model is down' });
      return reply.code(502).send({ statusCode: 502, error: 'Bad Gateway', message: error instanceof Error ? error.message : String(error) });
    }
  });

  app.post<{ Body: { mode: Mode } }>('/dependency', { schema: { body: { type: 'object', additionalProperties: false, required: ['mode'], properties: { mode: { type: 'string', enum: MODES } } } } }, (request, reply) => {
    dependency.mode = request.body.mode;
    return reply.code(204).send();
  });
}
