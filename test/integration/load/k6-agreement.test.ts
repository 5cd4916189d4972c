import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findExecutable } from '../../../src/host/executables.ts';
import { findK6 } from '../../../src/host/k6-tool.ts';
import { k6Engine } from '../../../src/k6/engine.ts';
import { Histogram } from '../../../src/load/histogram.ts';
import { plainGet, single } from '../../../src/load/plan.ts';
import { runLoad } from '../../../src/load/thread.ts';
import { openPlan } from '../../support/k6/plans.ts';
import { startTruthServer } from '../../support/servers/start.ts';

const real = process.env['K6_PATH'] ?? findExecutable('k6');
const workDir = mkdtempSync(join(tmpdir(), 'k6-agreement-'));
afterAll(() => rmSync(workDir, { recursive: true, force: true }));

describe.skipIf(real === null)('the real k6 (needs k6 on PATH or K6_PATH)', () => {
  it('agrees with our own engine on a server of known latency', async () => {
    const server = await startTruthServer({ kind: 'fixed', ms: 20 });
    try {
      const load = openPlan({ target: { origin: server.origin, addresses: [{ address: '127.0.0.1', family: 4 }], insecureTls: false }, flows: [single(plainGet('/'))], warmupMs: 500, durationMs: 3_000, maxInFlight: 20 });
      const own = await runLoad(load);
      const k6 = await k6Engine(await findK6(process.env), 2).run(load, { workload: 'health', round: 0, workDir });
      for (const q of [0.5, 0.9, 0.95]) {
        const [ours, theirs] = [own, k6].map((result) => Histogram.fromData(result.requests[0]!.latency).quantile(q)! / 1_000) as [number, number];
        expect(Math.abs(theirs - ours)).toBeLessThanOrEqual(Math.max(2, 0.03 * ours));
      }
    } finally {
      await server.stop();
    }
  });
});
