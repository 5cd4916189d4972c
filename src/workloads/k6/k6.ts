import { join, resolve } from 'node:path';
import { BenchError, EXIT } from '../../errors.ts';
import type { K6Tool } from '../../host/k6-tool.ts';
import { inspectScript } from '../../k6/script/inspect.ts';
import { scriptModules } from '../../k6/script/modules.ts';
import { runScript } from '../../k6/script/run.ts';
import { preflightTarget } from '../../target/preflight.ts';
import type { Target } from '../../target/target.ts';
import type { PreparedWorkload, WorkloadContext, WorkloadKind } from '../contract.ts';
import { limitsOf } from './limits.ts';
import { measurementOf, type Round, type ScriptIdentity } from './measurement.ts';
import type { K6Workload } from './schema.ts';

const PREFLIGHT_TIMEOUT_MS = 4_000;
/** For k6 to begin, and to write what it has. */
const START_MS = 1_000;
const SLACK_MS = 30_000;
/** Where k6 does not say how long a script runs. */
const LONGEST_MS = 3_600_000;

/** A hand-written k6 script, run by k6 and judged by readybench. */
export const k6: WorkloadKind<K6Workload> = {
  kind: 'k6',
  needsTarget: () => true,
  // What a script sends is its own affair.
  readOnly: () => false,
  estimateRoundMs: ({ k6: { duration } }) => START_MS + duration,
  limits: limitsOf,
  async prepare(workload, context) {
    const { name, target, insecureTls, signal, scenarioDir, tools, engine } = context;
    if (target === null) throw new BenchError(EXIT.usage, `${name} runs a k6 script, but the scenario has no target`, { hint: 'Add target: { baseUrl: … } to the scenario: the script reads it from __ENV.BASE_URL.' });
    const script = resolve(scenarioDir, workload.k6.script);
    const { sha256 } = await scriptModules(script, `${name}: ${workload.k6.script}`);
    const tool = engine?.name === 'k6' ? engine.tool : await toolFor(name, () => tools.k6());
    const env = environmentOf(workload, target, insecureTls);
    const facts = await inspectScript(tool, script, `${name}: ${workload.k6.script}`, env);
    await preflightTarget(target, { timeoutMs: PREFLIGHT_TIMEOUT_MS, insecure: insecureTls, signal });
    return new PreparedScript(workload, target, context, { tool, segments: engine?.name === 'k6' ? engine.tool.segments : 1, script, env, identity: { sha256, facts } });
  },
};

async function toolFor(name: string, find: () => Promise<K6Tool>): Promise<K6Tool> {
  try {
    return await find();
  } catch (thrown) {
    if (!(thrown instanceof BenchError)) throw thrown;
    throw new BenchError(thrown.exitCode, `${name} needs k6: ${thrown.message}`, { cause: thrown, ...(thrown.hint === undefined ? {} : { hint: thrown.hint }) });
  }
}

/** What the script reads: the target, and what the scenario adds. Not on the command line, where others could read secrets. */
function environmentOf({ k6: { env } }: K6Workload, target: Target, insecureTls: boolean): Record<string, string> {
  return { BASE_URL: target.baseUrl, ...(insecureTls ? { K6_INSECURE_SKIP_TLS_VERIFY: 'true' } : {}), ...env };
}

interface Ready {
  tool: K6Tool;
  segments: number;
  script: string;
  env: Record<string, string>;
  identity: ScriptIdentity;
}

class PreparedScript implements PreparedWorkload {
  readonly #workload: K6Workload;
  readonly #target: Target;
  readonly #context: WorkloadContext;
  readonly #ready: Ready;
  readonly #rounds: Round[] = [];

  constructor(workload: K6Workload, target: Target, context: WorkloadContext, ready: Ready) {
    this.#workload = workload;
    this.#target = target;
    this.#context = context;
    this.#ready = ready;
  }

  async runRound(round: number): Promise<void> {
    const { k6: spec, sla } = this.#workload;
    const { signal, workDir, progress } = this.#context;
    const { identity, ...ready } = this.#ready;
    const { longestMs, plannedMs } = identity.facts;
    const result = await runScript({
      ...ready,
      host: new URL(this.#target.baseUrl).host,
      wanted: { keys: [...new Set([...Object.keys(sla), ...spec.metrics])], tags: spec.tags, warmupMs: spec.warmup },
      limitMs: (longestMs ?? LONGEST_MS) + SLACK_MS,
      folder: join(workDir, `round-${round}`),
      signal,
      onTime: (elapsedMs) => progress({ phase: elapsedMs < spec.warmup ? 'warm-up' : 'k6 runs the script', done: Math.min(1, elapsedMs / (plannedMs ?? spec.duration)) }),
    });
    this.#rounds.push({ round, result });
  }

  measurement(): ReturnType<PreparedWorkload['measurement']> {
    return measurementOf(this.#rounds, this.#workload, this.#ready.identity);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
