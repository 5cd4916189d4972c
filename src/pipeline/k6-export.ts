import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { BenchError, EXIT } from '../errors.ts';
import { createToolResolver } from '../host/tools.ts';
import { Bodies } from '../k6/export/bodies.ts';
import type { Reach } from '../k6/export/reach.ts';
import type { ScriptTest } from '../k6/export/script-test.ts';
import { placeholderOf, withSecretReferences } from '../k6/export/secrets.ts';
import type { Judging } from '../k6/judging.ts';
import { makeK6Plan, type PartOf } from '../k6/make-plan.ts';
import type { K6Plan } from '../k6/plan.ts';
import { seedFor } from '../random.ts';
import { findScenarios } from '../scenario/find.ts';
import { plannedHttp } from '../workloads/http/http.ts';
import { limitsOf } from '../workloads/http/limits.ts';
import { chooseWorkloads } from './choose.ts';
import { scriptTest } from './k6-export-script.ts';
import { clusterTarget, type TargetInCluster } from './k6-export-target.ts';
import { places, readPlan } from './plan.ts';
import type { RunRequest } from './request.ts';

export interface ExportedTest {
  plan: K6Plan;
  judging: Omit<Judging, 'image'>;
  secrets: string[];
  target: string;
  reach: Reach;
  /** Whether pods have to ask DNS for the target. */
  asksDns: boolean;
  /** Files of bodies by the name they have beside the script. */
  bodies: Record<string, Buffer>;
  /** Scripts of a team's own. */
  scripts: ScriptTest[];
  leftOut: { workload: string; why: string }[];
}

export interface ExportTestOptions {
  parallelism: number;
  target: TargetInCluster;
  /** Whether samples go to Prometheus, from which those of a script's own metrics cannot be read back. */
  toPrometheus: boolean;
}

/** A scenario as a test for a cluster: nothing is sent from here, secrets stay where they are. Throws a BenchError (2). */
export async function exportTest(scenario: string, request: RunRequest, options: ExportTestOptions): Promise<ExportedTest> {
  const [file] = await findScenarios([scenario], places(request.cwd));
  const secrets = file === undefined ? [] : [...new Set([...(await readFile(file, 'utf8')).matchAll(/\$\{secret\.([A-Za-z_]\w*)\}/g)].map(([, name]) => name ?? ''))];
  const env = { ...request.env, ...Object.fromEntries(secrets.map((name) => [name, placeholderOf(name)])) };
  const { plan: whole, config } = await readPlan({ ...request, scenarios: [scenario], env });
  const [chosen, ...others] = chooseWorkloads(whole, { name: 'k6' });
  const planned = whole.scenarios.find(({ name }) => name === chosen?.name);
  if (chosen === undefined || planned === undefined || others.length > 0) throw new BenchError(EXIT.usage, `${scenario} is ${others.length + 1} scenarios: a test is one`, { hint: 'Name one file.' });

  const { baseUrl, asksDns, reach } = await clusterTarget(chosen.target?.baseUrl, options.target, { allowTargets: config.allowTargets, confirmTarget: request.confirmTarget });
  const target = { baseUrl, label: baseUrl, headers: chosen.target?.headers ?? {}, addresses: [] };
  const leftOut = [...chosen.skipped];
  const parts: PartOf[] = [];
  const workloads: Judging['workloads'] = [];
  const scripts: ScriptTest[] = [];
  const tools = createToolResolver(request.env);
  for (const { name, spec } of planned.workloads) {
    if (!chosen.workloads.some((each) => each.name === name)) continue;
    if ('k6' in spec) {
      const script = options.toPrometheus ? 'a script writes files alone: export it without --prometheus' : await scriptTest(spec, { scenario: chosen.name, dir: chosen.dir, baseUrl, rounds: chosen.rounds, insecureTls: request.insecureTls, tools });
      if (typeof script === 'string') leftOut.push({ workload: name, why: script });
      else {
        scripts.push(script.test);
        workloads.push(script.judged);
      }
      continue;
    }
    if (!('http' in spec)) continue;
    const context = { name, rounds: chosen.rounds, seed: seedFor(request.seed, chosen.name, name), target, scenarioDir: chosen.dir, workDir: tmpdir(), tools, signal: new AbortController().signal, insecureTls: request.insecureTls, keepSecret: () => undefined, progress: () => undefined };
    (await plannedHttp(spec, context, chosen.rounds)).forEach((part, round) => parts.push({ workload: name, round, ...part }));
    workloads.push({ kind: 'http', name, load: { ...spec.http.load }, limits: limitsOf(spec) });
  }
  if (workloads.length === 0) throw new BenchError(EXIT.usage, `${scenario} has no workload that can be exported${leftOut.map(({ workload, why }) => `; ${workload}: ${why}`).join('')}`, { hint: 'Workloads of http and k6 run on a cluster.' });
  parts.sort((a, b) => a.round - b.round);
  const bodies = new Bodies();
  const movable: PartOf[] = [];
  for (const part of withSecretReferences(parts)) movable.push(await bodies.beside(part));
  const plan = makeK6Plan(chosen.name, movable, options.parallelism, secrets);
  return {
    plan,
    secrets,
    target: baseUrl,
    reach,
    asksDns,
    bodies: bodies.files,
    scripts,
    leftOut,
    judging: {
      schema: 1,
      plan: plan.id,
      scenario: { name: chosen.name, file: chosen.file, sha256: chosen.sha256, source: chosen.source, target: baseUrl, gate: chosen.gate },
      profile: request.profile,
      seed: request.seed,
      rounds: chosen.rounds,
      insecureTls: request.insecureTls,
      workloads,
    },
  };
}
