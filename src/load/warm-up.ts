import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LoadHooks } from './hooks.ts';
import { plainGet, single, type LoadPlan, type TargetPlan } from './plan.ts';
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
  const common = { target, flows: [{ ...single(plainGet('/')), labels: plan.flows[0]?.labels ?? null }], data: null, cookies: null, connection: 'keep-alive' as const, warmupMs: 0, durationMs: WARM_UP_MS, timeoutMs: 1_000, seed: 0 };
  const hooks = signal === undefined ? {} : { signal };
  try {
    if (plan.model === 'open') await run({ ...common, model: 'open', ratePerSecond: WARM_UP_RATE, stages: [], arrivals: 'constant', maxInFlight: 16, workers: 1, share: { index: 0, of: 1 } }, hooks);
    else await run({ ...common, model: 'closed', connections: 4, thinkMs: 0, engine: plan.engine }, hooks);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
