import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BenchError, EXIT } from '../errors.ts';
import { startProcess, type RunningProcess } from '../host/processes.ts';
import type { EngineContext, LoadEngine } from '../load/engine.ts';
import type { LoadPlan } from '../load/plan.ts';
import type { LoadProgress, LoadResult } from '../load/result.ts';
import { argumentsOf, K6_ENVIRONMENT } from './command.ts';
import { exitFindings, howItEnded, lastError, type SegmentEnd } from './exit.ts';
import { makeK6Plan, testMs } from './make-plan.ts';
import { mergeSegments } from './merge/merge.ts';
import type { K6Plan } from './plan.ts';
import { layOut, SCRIPT } from './script-files.ts';
import type { K6Tool } from './tool.ts';

/** For k6 to begin and to write what it has. */
const SLACK_MS = 30_000;
const STOP_GRACE_MS = 10_000;
const PROGRESS_MS = 250;

/** Runs plans on k6, in `segments` processes on this machine. @param slackMs how much longer than planned it may take */
export function k6Engine(tool: K6Tool, segments: number, slackMs = SLACK_MS): LoadEngine {
  return { name: 'k6', tool: { ...tool, segments }, run: (plan, context) => runOnK6({ tool, segments, slackMs }, plan, context) };
}

async function runOnK6({ tool, segments, slackMs }: { tool: K6Tool; segments: number; slackMs: number }, load: LoadPlan, context: EngineContext): Promise<LoadResult> {
  const { workload, round, workDir, signal } = context;
  const plan = makeK6Plan(workload, [{ workload, round, load, setup: [] }], segments);
  const folder = join(workDir, `k6-${round}`);
  await layOut(folder, plan);
  const files = Array.from({ length: segments }, (_, index) => join(folder, `segment-${index + 1}.ndjson`));
  try {
    const ends = await runSegments(tool, plan, folder, files, context, slackMs);
    const there = await existing(files);
    refuseBrokenScripts(ends, there);
    if (signal?.aborted === true) return abortedResult(plan, there);
    context.onProgress?.({ phase: 'draining', done: 1, p95Ms: null });
    const { parts } = await mergeSegments(plan, there, signal === undefined ? {} : { signal });
    const [part] = parts;
    if (part === undefined) throw new Error('the plan has no part');
    return { ...part.result, findings: [...exitFindings(ends), ...(part.result.findings ?? [])] };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runSegments(tool: K6Tool, plan: K6Plan, folder: string, files: readonly string[], { signal, onProgress }: EngineContext, slackMs: number): Promise<SegmentEnd[]> {
  const limitMs = testMs(plan) + slackMs;
  const startedAt = performance.now();
  const running = files.map((output, segment): { segment: number; process: RunningProcess } => ({
    segment,
    process: startProcess(tool.path, argumentsOf({ segment, segments: files.length, output, script: join(folder, SCRIPT) }), { cwd: folder, env: K6_ENVIRONMENT, ...(signal === undefined ? {} : { signal }) }),
  }));
  const timer = setInterval(() => onProgress?.(progressAt(plan, performance.now() - startedAt)), PROGRESS_MS);
  try {
    return await Promise.all(running.map(({ segment, process }) => ended(segment, process, limitMs)));
  } finally {
    clearInterval(timer);
  }
}

async function ended(segment: number, process: RunningProcess, limitMs: number): Promise<SegmentEnd> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => (timer = setTimeout(() => resolve(null), limitMs)));
  const result = await Promise.race([process.exited, late]);
  clearTimeout(timer);
  return result === null ? { segment, result: await process.stop(STOP_GRACE_MS), hung: true } : { segment, result, hung: false };
}

/** A script that k6 does not take at all is a mistake of the input, and no measurement. */
function refuseBrokenScripts(ends: readonly SegmentEnd[], files: readonly string[]): void {
  const broken = ends.find(({ result }) => result.startError !== null || ((result.code === 104 || result.code === 107) && files.length === 0));
  if (broken === undefined) return;
  const { result } = broken;
  throw new BenchError(result.startError === null ? EXIT.usage : EXIT.toolMissing, `k6 ${howItEnded(result)}: ${lastError(result.stderr)}`, { hint: 'k6 did not get as far as its first request. Its log says why; bench doctor shows which k6 is used.' });
}

/** Files with something in them. */
async function existing(files: readonly string[]): Promise<string[]> {
  const sizes = await Promise.all(files.map((file) => stat(file).then(({ size }) => size, () => 0)));
  return files.filter((_, index) => (sizes[index] ?? 0) > 0);
}

async function abortedResult(plan: K6Plan, files: readonly string[]): Promise<LoadResult> {
  const { parts } = await mergeSegments(plan, files);
  const [part] = parts;
  if (part === undefined) throw new Error('the plan has no part');
  return { ...part.result, ended: 'aborted' };
}

function progressAt({ parts }: K6Plan, elapsedMs: number): LoadProgress {
  const [part] = parts;
  const load = part?.load;
  const totalMs = load === undefined ? 1 : load.warmupMs + load.durationMs;
  const phase = load !== undefined && elapsedMs < load.warmupMs ? 'warm-up' : elapsedMs < totalMs ? 'measuring' : 'draining';
  return { phase, done: Math.min(1, elapsedMs / totalMs), p95Ms: null };
}
