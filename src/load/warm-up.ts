import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LoadHooks } from './hooks.ts';
import type { LoadPlan, TargetPlan } from './plan.ts';
import type { LoadResult } from './result.ts';

const WARM_UP_MS = 400;
const WARM_UP_RATE = 3_000;

/**
 * Runs the engine of this thread for a moment against a server of its own on the loopback, and throws the result away:
 * code that has not been compiled yet would otherwise add hundreds of milliseconds to the first answers.
 */
export async function warmUpGenerator(plan: LoadPlan, run: (plan: LoadPlan, hooks: LoadHooks) => Promise<LoadResult>, signal?: AbortSignal): Promise<void> {
  const server = createServer((_request, response) => response.end('{"status":"ok"}'));
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const target: TargetPlan = { origin: `http://127.0.0.1:${port}`, addresses: [{ address: '127.0.0.1', family: 4 }], insecureTls: false };
  const expect = { statuses: null, bodyIncludes: null, maxBodyBytes: null };
  const common = { target, requests: [{ labels: {}, weight: 1, method: 'GET', path: '/', headers: {}, body: null, expect }], warmupMs: 0, durationMs: WARM_UP_MS, timeoutMs: 1_000, seed: 0 };
  const hooks = signal === undefined ? {} : { signal };
  try {
    if (plan.model === 'open') await run({ ...common, model: 'open', ratePerSecond: WARM_UP_RATE, stages: [], arrivals: 'constant', maxInFlight: 16, workers: 1, share: { index: 0, of: 1 } }, hooks);
    else await run({ ...common, model: 'closed', connections: 4, thinkMs: 0, engine: plan.engine }, hooks);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
