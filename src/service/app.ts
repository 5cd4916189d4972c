import Fastify, { LogController, type FastifyInstance } from 'fastify';
import { writeSync } from 'node:fs';
import { guardedRoutes, guards } from './guards.ts';
import type { ConnectionPool } from './connection-pool.ts';
import { faultHook } from './fault-hook.ts';
import type { ServiceMetrics } from './metrics.ts';
import type { ServiceOptions } from './options.ts';
import type { Library } from './library.ts';
import { pooled } from './pooled.ts';
import { healthRoutes, type HealthContext } from './routes/health.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { slowRoute } from './routes/slow.ts';
import { translateRoutes } from './routes/translate.ts';
import { videoRoutes } from './routes/videos.ts';

export interface AppContext extends HealthContext {
  options: ServiceOptions;
  library: Library;
  metrics: ServiceMetrics;
  pool: ConnectionPool;
}

/** The HTTP side of the service: one function of routes/ for each group of routes. Order matters: faults strike what is counted. */
export function buildApp(context: AppContext): FastifyInstance {
  const app = Fastify({
    // To the error output: the standard output is for whoever started the service.
    logger: context.options.logLevel === 'silent' ? false : { level: context.options.logLevel, stream: { write: (line) => void writeSync(2, line) } },
    logController: new LogController({ disableRequestLogging: true }),
    // Longer than a load generator pauses: a connection closed at the wrong moment would be an error of ours.
    keepAliveTimeout: 72_000,
    bodyLimit: context.options.bodyLimit,
    forceCloseConnections: 'idle',
    // Behind a front process the client is who that says.
    trustProxy: context.options.behindProxy ? '127.0.0.1' : false,
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false, useDefaults: true } },
  });
  // An empty POST means the default clip.
  app.addHook('preValidation', (request, _, done) => {
    if (request.method === 'POST') request.body ??= {};
    done();
  });
  metricsRoutes(app, context.metrics);
  faultHook(app, context.options.faults.requests);
  guards(app, context.off);
  // Plugins stand before the routes they are for.
  void app.register((routes, _, done) => {
    healthRoutes(routes, context);
    slowRoute(routes);
    translateRoutes(routes, context.off);
    done();
  });
  void app.register((routes, _, done) => {
    pooled(routes, context.pool);
    videoRoutes(routes, context);
    done();
  });
  guardedRoutes(app, context);
  return app;
}
