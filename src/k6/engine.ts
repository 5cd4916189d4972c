import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineContext, LoadEngine } from '../load/engine.ts';
import type { LoadPlan } from '../load/plan.ts';
import type { LoadProgress, LoadResult } from '../load/result.ts';
import { argumentsOf, k6Environment } from './command.ts';
import { exitFindings, refuseBrokenScripts } from './exit.ts';
import { useFindings } from './generator-use.ts';
import { logFindings } from './log.ts';
import { makeK6Plan, testMs } from './make-plan.ts';
import { mergeSegments } from './merge/merge.ts';
import type { K6Plan } from './plan.ts';
import { layOut, SCRIPT } from './script-files.ts';
import { runSegments } from './segments.ts';
import { writtenFiles } from './written-files.ts';
import type { K6Tool } from '../host/k6-tool.ts';

/** For k6 to begin and to write what it has. */
const SLACK_MS = 30_000;

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
    const { ends, use, log } = await runSegments({
      path: tool.path,
      commands: files.map((output, segment) => argumentsOf({ segment, segments, output, script: join(folder, SCRIPT) })),
      options: { cwd: folder, env: k6Environment(segments), ...(signal === undefined ? {} : { signal }) },
      limitMs: testMs(plan) + slackMs,
      onTime: (elapsedMs) => context.onProgress?.(progressAt(plan, elapsedMs)),
    });
    const there = await writtenFiles(files);
    refuseBrokenScripts(ends, there);
    // Awaited here: the files go with the folder.
    if (signal?.aborted === true) return await abortedResult(plan, there);
    context.onProgress?.({ phase: 'draining', done: 1, p95Ms: null });
    const { parts } = await mergeSegments(plan, there, signal === undefined ? {} : { signal });
    const [part] = parts;
    if (part === undefined) throw new Error('the plan has no part');
    return { ...part.result, segments: use.segments, findings: [...exitFindings(ends), ...logFindings(log, part.result.started), ...useFindings(use), ...(part.result.findings ?? [])] };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
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
