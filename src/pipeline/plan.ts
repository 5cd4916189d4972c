import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { BenchError, EXIT } from '../errors.ts';
import { scriptModules } from '../k6/script/modules.ts';
import { PACKAGE_ROOT } from '../paths.ts';
import { loadConfig, type Config } from '../scenario/config.ts';
import { findScenarios, withTags } from '../scenario/find.ts';
import { loadScenarios, type LoadResult } from '../scenario/load.ts';
import { makePlan, type Plan } from '../scenario/plan.ts';
import { formatProblems, type Problem } from '../scenario/problem.ts';
import { webhookUrls } from '../notify/notify.ts';
import { PAIRED_ROUNDS } from './against.ts';
import { baseUrlGiven } from './base-url-given.ts';
import type { RunRequest } from './request.ts';

/** Where scenarios are looked for. */
export const places = (cwd: string) => ({ cwd, packageScenarios: join(PACKAGE_ROOT, 'scenarios') });

/** The scenarios a command names, read and checked; without words all there are; with tags those that have one of them. */
export async function readScenarios(words: readonly string[], tags: readonly string[], options: { cwd: string; env: RunRequest['env']; unset: 'error' | 'warning'; targetGiven?: boolean }): Promise<LoadResult[]> {
  const files = await findScenarios(words, places(options.cwd));
  const results = await loadScenarios(files, { env: options.env, unset: options.unset, targetGiven: options.targetGiven ?? false });
  return withTags(results, tags);
}

/** All mistakes in one error (2), as `file:line:col  path: message`. */
export function scenarioMistakes(problems: readonly Problem[]): BenchError {
  const count = problems.length === 1 ? 'a mistake' : `${problems.length} mistakes`;
  return new BenchError(EXIT.usage, `${count} in what is to be run\n${formatProblems(problems)}`, {
    hint: 'docs/scenarios.md explains every field; editors complete and check with scenarios/schema.json',
  });
}

/** What the user asked for → what the run does. Throws a BenchError (2) with every mistake of every file. */
export async function readPlan(request: RunRequest): Promise<{ plan: Plan; config: Config; secrets: Set<string>; warnings: Problem[] }> {
  const { cwd, env } = request;
  const target = request.target === null ? null : baseUrlGiven('--target', request.target);
  const config = await loadConfig(cwd, env);
  const tags = request.tag !== null ? [request.tag] : request.scenarios.length === 0 ? ['default'] : [];
  const results = await readScenarios(request.scenarios, tags, { cwd, env, unset: 'error', targetGiven: request.target !== null });
  const errors = [...config.errors, ...results.flatMap((result) => result.errors)];
  if (errors.length > 0 || config.value === undefined) throw scenarioMistakes(errors);
  const plan = await withScripts(makePlan(
    results.flatMap(({ value }) => value ?? []),
    {
      profile: request.profile,
      seed: request.seed,
      ...roundsAsked(request),
      ...(target === null ? {} : { target }),
      filters: request.filter === null ? [] : [request.filter],
    },
  ));
  return { plan, config: config.value, secrets: new Set([...results.flatMap(({ secrets }) => [...secrets]), ...webhookUrls(env)]), warnings: results.flatMap(({ warnings }) => warnings) };
}

/** What a script of its own measures is in its file: part of the scenario's identity. Throws a BenchError (2) for one that is not there. */
async function withScripts(plan: Plan): Promise<Plan> {
  const scenarios = await Promise.all(
    plan.scenarios.map(async (scenario) => {
      const scripts = await Promise.all(scenario.workloads.flatMap(({ spec }) => ('k6' in spec ? [scriptModules(resolve(scenario.dir, spec.k6.script), `${spec.name}: ${spec.k6.script}`)] : [])));
      return scripts.length === 0 ? scenario : { ...scenario, sha256: createHash('sha256').update([scenario.sha256, ...scripts.map(({ sha256 }) => sha256)].join(' ')).digest('hex') };
    }),
  );
  return { ...plan, scenarios };
}

/** A paired run needs more rounds than a run by itself, unless the user says how many. */
function roundsAsked({ rounds, against }: RunRequest): { rounds?: number } {
  if (rounds !== null) return { rounds };
  return against === null ? {} : { rounds: PAIRED_ROUNDS };
}
