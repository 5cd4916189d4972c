import type { FastifyInstance } from 'fastify';
import type { ServiceMetrics } from '../metrics.ts';

/** Counts every answer, and shows the counts to Prometheus. */
export function metricsRoutes(app: FastifyInstance, metrics: ServiceMetrics): void {
  app.addHook('onResponse', (request, reply, done) => {
    metrics.request(request.method, request.routeOptions.url ?? 'unknown', reply.statusCode, reply.elapsedTime / 1_000);
    done();
  });
  app.get('/metrics', async (_, reply) => reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()));
}
