import { resolve } from 'node:path';
import { BenchError, EXIT } from '../errors.ts';
import type { ToolResolver } from '../host/tools.ts';
import { checkConfigMap } from '../k6/export/config-map.ts';
import { flatten } from '../k6/export/flatten.ts';
import { kubernetesName } from '../k6/export/names.ts';
import type { ScriptTest } from '../k6/export/script-test.ts';
import { refuseSecrets } from '../k6/export/secrets.ts';
import type { JudgedScript } from '../k6/judging.ts';
import { inspectScript, type ScriptFacts } from '../k6/script/inspect.ts';
import { scriptModules } from '../k6/script/modules.ts';
import { limitsOf } from '../workloads/k6/limits.ts';
import type { K6Workload } from '../workloads/k6/schema.ts';

interface Surroundings {
  scenario: string;
  dir: string;
  baseUrl: string;
  rounds: number;
  insecureTls: boolean;
  tools: ToolResolver;
}

/** Where k6 is not there to say what it makes of the script. */
const UNKNOWN: ScriptFacts = { executors: [], longestMs: null, plannedMs: null, thresholds: [] };

/** A script as TestRuns of its own. A string says why it cannot be exported; a BenchError (2) is thrown for one that k6 does not take. */
export async function scriptTest(workload: K6Workload, { scenario, dir, baseUrl, rounds, insecureTls, tools }: Surroundings): Promise<{ test: ScriptTest; judged: JudgedScript } | string> {
  const { name, k6: spec, sla } = workload;
  const { env: own, ...plain } = spec;
  refuseSecrets(name, plain);
  const script = resolve(dir, spec.script);
  const named = `${name}: ${spec.script}`;
  const { files, sha256 } = await scriptModules(script, named);
  const flat = await flatten(files);
  if (typeof flat === 'string') return flat;
  checkConfigMap(flat);
  const env = { BASE_URL: baseUrl, ...(insecureTls ? { K6_INSECURE_SKIP_TLS_VERIFY: 'true' } : {}), ...own };
  const facts = await factsOf(script, named, env, tools);
  const runs = Array.from({ length: rounds }, (_, round) => kubernetesName(`${scenario}-${name}-${round + 1}`));
  return {
    test: { workload: name, name: kubernetesName(`${scenario}-${name}`), script: flat, env, runs, runMs: facts.longestMs ?? spec.duration },
    judged: { kind: 'k6', name, k6: plain, sla, sha256, facts, runs, limits: limitsOf(workload) },
  };
}

async function factsOf(script: string, named: string, env: Readonly<Record<string, string>>, tools: ToolResolver): Promise<ScriptFacts> {
  try {
    return await inspectScript(await tools.k6(), script, named, env);
  } catch (thrown) {
    if (thrown instanceof BenchError && thrown.exitCode === EXIT.toolMissing) return UNKNOWN;
    throw thrown;
  }
}
