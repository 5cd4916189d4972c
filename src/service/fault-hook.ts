import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../random.ts';
import type { RequestFault } from './faults.ts';

/** Lets the faults strike every request but those for /metrics, which only watch. */
export function faultHook(app: FastifyInstance, faults: readonly RequestFault[]): void {
  if (faults.length === 0) return;
  const random = seededRandom(1);
  const startedAt = performance.now();

  async function strike(fault: RequestFault, reply: FastifyReply): Promise<'answered' | 'go on'> {
    switch (fault.kind) {
      case 'latency':
        await sleep(fault.delayMs);
        return 'go on';
      case 'stall': {
        const intoPeriodMs = (performance.now() - startedAt) % fault.everyMs;
        if (intoPeriodMs < fault.stallMs) await sleep(fault.stallMs - intoPeriodMs);
        return 'go on';
      }
      case 'drop':
      case 'hang':
        if (random() >= fault.share) return 'go on';
        reply.hijack();
        if (fault.kind === 'drop') reply.raw.destroy();
        return 'answered';
      case 'errors':
        if (random() >= fault.share) return 'go on';
        await reply.code(500).send({ statusCode: 500, error: 'Internal Server Error', message: 'injected fault' });
        return 'answered';
    }
  }

  app.addHook('onRequest', async (request: FastifyRequest, reply: FastifyReply) => {
    if (request.url === '/metrics') return;
    for (const fault of faults) {
      if (request.url.startsWith(fault.pathPrefix) && (await strike(fault, reply)) === 'answered') return reply;
    }
    return;
  });
}
