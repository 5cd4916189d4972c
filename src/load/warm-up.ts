import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { runOpenLoop } from './open-loop.ts';
import type { LoadPlan, TargetPlan } from './plan.ts';
import { runSaturation } from './saturate.ts';

const WARM_UP_MS = 400;
const WARM_UP_RATE = 3_000;

/**
 * Runs the engine of this thread for a moment against a server of its own on the loopback, and throws the result away:
 * code that has not been compiled yet would otherwise add hundreds of milliseconds to the first answers.
 */
export async function warmUpGenerator(model: LoadPlan['model'], signal?: AbortSignal): Promise<void> {
  const server = createServer((_request, response) => response.end('{"status":"ok"}'));
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const target: TargetPlan = { origin: `http://127.0.0.1:${port}`, addresses: [{ address: '127.0.0.1', family: 4 }], insecureTls: false };
  const expect = { statuses: null, bodyIncludes: null, maxBodyBytes: null };
  const common = { target, requests: [{ labels: {}, method: 'GET', path: '/', headers: {}, body: null, expect }], warmupMs: 0, durationMs: WARM_UP_MS, timeoutMs: 1_000 };
  const hooks = signal === undefined ? {} : { signal };
  try {
    if (model === 'open') await runOpenLoop({ ...common, model, ratePerSecond: WARM_UP_RATE, arrivals: 'constant', seed: 0, maxInFlight: 16 }, hooks);
    else await runSaturation({ ...common, model, connections: 4 }, hooks);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
