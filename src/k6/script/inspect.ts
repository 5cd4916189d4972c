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
  /** Metrics the script has thresholds on. */
  thresholds: string[];
}

const INSPECT_LIMIT_MS = 60_000;

const inspected = z.object({
  scenarios: z.record(z.string(), z.object({ executor: z.string() })).nullish(),
  thresholds: z.record(z.string(), z.unknown()).nullish(),
  totalDuration: z.string().nullish(),
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
    thresholds: Object.keys(thresholds ?? {}),
  };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
