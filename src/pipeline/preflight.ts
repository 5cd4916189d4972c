import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Observer } from './events.ts';
import type { ToolResolver } from '../host/tools.ts';
import { seedFor } from '../random.ts';
import type { Config } from '../scenario/config.ts';
import { launchService, type LaunchedService } from '../service/launch.ts';
import { resolveTarget } from '../target/resolve.ts';
import type { Target } from '../target/target.ts';
import type { ChosenScenario } from './choose.ts';
import type { RunRequest } from './request.ts';
import type { Lane } from './rounds.ts';
import type { Releases } from './workspace.ts';

export interface PreflightNeeds {
  request: RunRequest;
  config: Config;
  tools: ToolResolver;
  workDir: string;
  signal: AbortSignal;
  observe: Observer;
  releases: Releases;
  /** A value that must be in no artefact. */
  keepSecret: (value: string) => void;
}

/** A scenario whose target is let through and whose workloads are ready. */
export interface ReadyScenario {
  scenario: ChosenScenario;
  target: Target | null;
  lanes: Lane[];
}

/**
 * Everything that can be found out before any load is sent: may load go there, is it up, are the tools there. All targets are
 * let through before any workload is prepared. Throws the first BenchError (2, 5 or 6).
 */
export async function preflight(scenarios: readonly ChosenScenario[], needs: PreflightNeeds): Promise<ReadyScenario[]> {
  const launch = onceForAll(needs);
  const targets = new Map<ChosenScenario, Target | null>();
  for (const scenario of scenarios) targets.set(scenario, await targetOf(scenario, needs, launch));
  const ready: ReadyScenario[] = [];
  for (const scenario of scenarios) {
    const target = targets.get(scenario) ?? null;
    ready.push({ scenario, target, lanes: await lanesOf(scenario, target, needs) });
  }
  return ready;
}

async function targetOf(scenario: ChosenScenario, { request, config, signal }: PreflightNeeds, launch: () => Promise<LaunchedService>): Promise<Target | null> {
  if (scenario.target === null || !scenario.workloads.some(({ bound }) => bound.needsTarget)) return null;
  return resolveTarget(scenario.target, { allowTargets: config.allowTargets, confirmTarget: request.confirmTarget, launch, signal });
}

/** One embedded service for all scenarios of a run, stopped with it. */
function onceForAll({ tools, observe, releases, signal }: PreflightNeeds): () => Promise<LaunchedService> {
  let launched: Promise<LaunchedService> | undefined;
  return () => {
    launched ??= (async () => {
      observe({ type: 'stage', text: 'starting the embedded video service' });
      const service = await launchService({ tools, signal });
      releases.add(() => service.stop());
      return service;
    })();
    return launched;
  };
}

async function lanesOf(scenario: ChosenScenario, target: Target | null, { request, config, tools, workDir, signal, observe, releases, keepSecret }: PreflightNeeds): Promise<Lane[]> {
  const lanes: Lane[] = [];
  for (const { name, bound } of scenario.workloads) {
    if (signal.aborted) break;
    observe({ type: 'stage', text: `checking what ${name} needs` });
    const own = join(workDir, scenario.name, name);
    await mkdir(own, { recursive: true });
    const prepared = await bound.prepare({
      name,
      rounds: scenario.rounds,
      seed: seedFor(request.seed, scenario.name, name),
      target,
      scenarioDir: scenario.dir,
      workDir: own,
      tools,
      signal,
      insecureTls: request.insecureTls,
      keepSecret,
      prices: config.prices === undefined ? null : { currency: config.prices.currency, cpuPerHour: config.prices.cpu ?? null, gpuPerHour: config.prices.gpu ?? null },
      progress: (progress) => observe({ type: 'progress', progress }),
    });
    releases.add(() => prepared.close());
    lanes.push({ scenario: scenario.name, workload: name, rounds: scenario.rounds, kind: bound.kind, estimateRoundMs: bound.estimateRoundMs, limits: bound.limits, confirmation: null, prepared });
  }
  return lanes;
}
