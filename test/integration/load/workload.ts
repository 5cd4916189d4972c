import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Metric, RunRecord } from '../../../src/record/schema.ts';
import type { PreparedWorkload, WorkloadContext } from '../../../src/workloads/contract.ts';
import { http } from '../../../src/workloads/http/http.ts';
import { httpWorkload } from '../../../src/workloads/http/schema.ts';

/** A folder with these files, removed after the test. */
export function folderWith(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'readybench-http-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

export function contextFor(baseUrl: string, change: Partial<WorkloadContext> = {}): WorkloadContext {
  const never = (): Promise<never> => Promise.reject(new Error('no tool is needed'));
  return {
    name: 'shop',
    rounds: 1,
    seed: 1,
    target: { baseUrl, label: baseUrl, headers: {}, addresses: [{ address: '127.0.0.1', family: 4 }] },
    scenarioDir: '.',
    workDir: '.',
    tools: { ffmpeg: never, ffprobe: never, k6: never, used: () => ({ ffmpeg: null, k6: null }) },
    signal: new AbortController().signal,
    insecureTls: false,
    keepSecret: () => undefined,
    progress: () => undefined,
    ...change,
  };
}

export const OPEN = { model: 'open', rate: 100, duration: '500ms', warmup: '100ms' };

/** The `http` part of a workload, prepared against a server. */
export function prepare(part: object, baseUrl: string, change: Partial<WorkloadContext> = {}): Promise<PreparedWorkload> {
  return http.prepare(httpWorkload.parse({ name: 'shop', http: { load: OPEN, ...part } }), contextFor(baseUrl, change));
}

type Detail = Extract<RunRecord['scenarios'][number]['workloads'][number]['detail'], { kind: 'http' }>;

export interface Figures {
  /** By key: `latency.p50{step=submit}`. */
  metric: (id: string, labels?: Record<string, string>) => Metric;
  ids: string[];
  detail: Detail;
  validity: ReturnType<PreparedWorkload['measurement']>['validity'];
}

export function figuresOf(prepared: PreparedWorkload): Figures {
  const { metrics, detail, validity } = prepared.measurement();
  if (detail.kind !== 'http') throw new Error('an http workload');
  const metric = (id: string, labels: Record<string, string> = {}): Metric => {
    const found = metrics.find((each) => each.id === id && JSON.stringify(each.labels) === JSON.stringify(labels));
    if (found === undefined) throw new Error(`no metric ${id} ${JSON.stringify(labels)}`);
    return found;
  };
  return { metric, ids: [...new Set(metrics.map(({ id }) => id))], detail, validity };
}

/** Measures one round. */
export async function measureRound(part: object, baseUrl: string, change: Partial<WorkloadContext> = {}): Promise<Figures> {
  const prepared = await prepare(part, baseUrl, change);
  await prepared.runRound(0);
  await prepared.close();
  return figuresOf(prepared);
}
