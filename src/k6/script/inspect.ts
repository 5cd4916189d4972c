import { dirname } from 'node:path';
import { z } from 'zod';
import { BenchError, EXIT } from '../../errors.ts';
import type { K6Tool } from '../../host/k6-tool.ts';
import { runProcess } from '../../host/processes.ts';
import { parseDurationMs } from '../../units.ts';
import { howItEnded, lastError } from '../exit.ts';

/** What k6 makes of a script before it runs it. */
export interface ScriptFacts {
  executors: { scenario: string; executor: string }[];
  /** How long it takes at most, graceful stops included; null where k6 does not say. */
  longestMs: number | null;
  /** How long its load goes on, graceful stops left out; null where it ends with its iterations, or k6 does not say. */
  plannedMs: number | null;
  /** Metrics the script has thresholds on. */
  thresholds: string[];
}

const INSPECT_LIMIT_MS = 60_000;

const length = z.string().nullish();
const scenario = z.object({ executor: z.string(), startTime: length, duration: length, stages: z.array(z.object({ duration: length })).nullish() });
const inspected = z.object({
  scenarios: z.record(z.string(), scenario).nullish(),
  thresholds: z.record(z.string(), z.unknown()).nullish(),
  totalDuration: length,
});

/** `k6 inspect`: compiles the script and everything it imports. Throws a BenchError (2) with k6's own words for one it does not take. */
export async function inspectScript(tool: K6Tool, script: string, named: string, env: Readonly<Record<string, string>>): Promise<ScriptFacts> {
  const result = await runProcess(tool.path, ['inspect', '--execution-requirements', '--include-system-env-vars', script], { cwd: dirname(script), env, timeoutMs: INSPECT_LIMIT_MS });
  if (result.code !== 0) throw new BenchError(EXIT.usage, `${named}: k6 inspect ${howItEnded(result)}: ${lastError(result.stderr)}`, { hint: 'k6 does not take this script: correct it, or what the scenario puts into its env.' });
  const facts = inspected.safeParse(json(result.stdout));
  if (!facts.success) throw new BenchError(EXIT.toolMissing, `${tool.path} inspect ${named} does not answer as k6 does: ${result.stdout.slice(0, 200)}`, { hint: 'bench doctor shows which k6 is used.' });
  const { scenarios, thresholds, totalDuration } = facts.data;
  return {
    executors: Object.entries(scenarios ?? {}).map(([scenario, { executor }]) => ({ scenario, executor })),
    longestMs: parseDurationMs(totalDuration ?? '') ?? null,
    plannedMs: plannedMs(Object.values(scenarios ?? {})),
    thresholds: Object.keys(thresholds ?? {}),
  };
}

/** Until the last scenario ends. One that ends with its iterations has no time of its own. */
function plannedMs(scenarios: readonly z.infer<typeof scenario>[]): number | null {
  const ends = scenarios.map(({ executor, startTime, duration, stages }) => {
    if (executor.endsWith('-iterations')) return undefined;
    const lengths = [startTime ?? '0s', ...(stages === null || stages === undefined ? [duration ?? ''] : stages.map((stage) => stage.duration ?? ''))].map(parseDurationMs);
    return lengths.reduce((sum, each) => (sum === undefined || each === undefined ? undefined : sum + each), 0);
  });
  return ends.length === 0 || ends.includes(undefined) ? null : Math.max(...ends.map((each) => each ?? 0));
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
