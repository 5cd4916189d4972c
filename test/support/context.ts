import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createToolResolver } from '../../src/host/tools.ts';
import { startService, type RunningService } from '../../src/service/service.ts';
import { serviceOptions } from '../../src/service/options.ts';
import type { WorkloadContext } from '../../src/workloads/contract.ts';

const tools = createToolResolver();

/** What a run hands to a workload, with a folder of its own that goes with the test. */
export async function contextFor(baseUrl: string, change: Partial<WorkloadContext> = {}): Promise<WorkloadContext> {
  const workDir = await mkdtemp(join(tmpdir(), 'readybench-test-'));
  onTestFinished(() => rm(workDir, { recursive: true, force: true, maxRetries: 5 }));
  return {
    name: 'under-test',
    rounds: 1,
    seed: 1,
    target: { baseUrl, label: baseUrl, headers: {}, addresses: [{ address: '127.0.0.1', family: 4 }] },
    scenarioDir: '.',
    workDir,
    tools,
    signal: new AbortController().signal,
    insecureTls: false,
    keepSecret: () => undefined,
    progress: () => undefined,
    ...change,
  };
}

/** The embedded service in this process, stopped after the test. */
export async function embedded(env: Record<string, string> = {}): Promise<RunningService> {
  const service = await startService(serviceOptions(env), tools);
  onTestFinished(() => service.stop());
  return service;
}
