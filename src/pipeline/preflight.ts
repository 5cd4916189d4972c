import { mkdir } from 'node:fs/promises';
import { join, resolve as resolvePath } from 'node:path';
import { BenchError, EXIT } from '../errors.ts';
import type { Observer } from './events.ts';
import type { ToolResolver } from '../host/tools.ts';
import { HostWatch } from '../observe/host/watch.ts';
import { ServiceObserver } from '../observe/observer.ts';
import { observeLimits } from '../observe/observed.ts';
import type { SeriesSpec } from '../observe/schema.ts';
import { seedFor } from '../random.ts';
import type { Config } from '../scenario/config.ts';
import { launchProxied, launchService, type LaunchedService } from '../service/launch.ts';
import { resolveTarget } from '../target/resolve.ts';
import type { Target } from '../target/target.ts';
import type { PreparedWorkload, WorkloadContext } from '../workloads/contract.ts';
import type { ChosenScenario, ChosenWorkload } from './choose.ts';
import { observed } from './observed.ts';
import { openOpponent, type Opponent } from './opponent.ts';
import type { RunRequest } from './request.ts';
import type { Lane } from './rounds.ts';
import type { Releases } from './workspace.ts';

/** What a preflight works with. */
export interface PreflightBase {
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

export interface PreflightNeeds extends PreflightBase {
  /** Starts the embedded service, once for all; another one behind a front process. */
  launch: (how: 'plain' | 'proxied') => Promise<LaunchedService>;
}

/** A scenario whose target is let through and whose workloads are ready. */
export interface ReadyScenario {
  scenario: ChosenScenario;
  target: Target | null;
  lanes: Lane[];
  /** What watches this machine meanwhile; null where the scenario does not ask for it. */
  host: HostWatch | null;
}

/**
 * Everything that can be found out before any load is sent: may load go there, is it up, are the tools there. All targets are
 * let through before any workload is prepared. Throws the first BenchError (2, 5 or 6).
 */
export async function preflight(scenarios: readonly ChosenScenario[], base: PreflightBase): Promise<ReadyScenario[]> {
  const needs: PreflightNeeds = { ...base, launch: onceForAll(base) };
  const opponent = base.request.against === null ? null : await openOpponent(base.request.against, needs);
  const paired = scenarios.map((scenario) => (opponent === null ? scenario : onlyDiffering(scenario, opponent, base.observe))).filter(({ workloads }) => workloads.length > 0);
  if (paired.length === 0) throw new BenchError(EXIT.usage, `--against ${base.request.against}: none of these workloads would differ`, { hint: 'a URL or a service is compared by workloads that send requests, an ffmpeg by encodes' });
  const targets = new Map<ChosenScenario, { own: Target | null; other: Target | null }>();
  for (const scenario of paired) {
    const both = await opponent?.targets(scenario);
    targets.set(scenario, { own: both?.own ?? (await targetOf(scenario, needs)), other: both?.other ?? null });
  }
  const ready: ReadyScenario[] = [];
  for (const scenario of paired) {
    const { own, other } = targets.get(scenario) ?? { own: null, other: null };
    ready.push({ scenario, target: own, lanes: await lanesOf(scenario, own, opponent === null ? null : { opponent, target: other }, needs), host: null });
  }
  // Last of all, so that no preflight is part of what is watched.
  return ready.map((each) => ({ ...each, host: watchOf(each.scenario, base.releases) }));
}

function watchOf({ host, dir }: ChosenScenario, releases: Releases): HostWatch | null {
  if (host === null) return null;
  const watch = new HostWatch(host, resolvePath(dir, host.disk));
  releases.add(() => Promise.resolve(watch.stop()));
  return watch;
}

function onlyDiffering(scenario: ChosenScenario, { label, differs }: Opponent, observe: Observer): ChosenScenario {
  const workloads = scenario.workloads.filter(({ bound }) => differs(bound));
  for (const { name } of scenario.workloads.filter((each) => !workloads.includes(each))) observe({ type: 'note', text: `${name} is left out: it would not differ against ${label}` });
  return { ...scenario, workloads };
}

async function targetOf(scenario: ChosenScenario, { request, config, signal, launch }: PreflightNeeds): Promise<Target | null> {
  if (scenario.target === null || !scenario.workloads.some(({ bound }) => bound.needsTarget)) return null;
  return resolveTarget(scenario.target, { allowTargets: config.allowTargets, confirmTarget: request.confirmTarget, launch, signal });
}

/** One embedded service of each kind for all scenarios of a run, stopped with it. */
function onceForAll({ tools, observe, releases, signal }: PreflightBase): PreflightNeeds['launch'] {
  const start = async (how: 'plain' | 'proxied'): Promise<LaunchedService> => {
    observe({ type: 'stage', text: how === 'plain' ? 'starting the embedded video service' : 'starting the embedded video service behind a front process' });
    const service = await (how === 'plain' ? launchService : launchProxied)({ tools, signal });
    releases.add(() => service.stop());
    return service;
  };
  const launched = new Map<'plain' | 'proxied', Promise<LaunchedService>>();
  return (how) => {
    const running = launched.get(how) ?? start(how);
    launched.set(how, running);
    return running;
  };
}

/** The other side, as far as one scenario has to do with it. */
interface OtherSide {
  opponent: Opponent;
  target: Target | null;
}

async function lanesOf(scenario: ChosenScenario, target: Target | null, other: OtherSide | null, needs: PreflightNeeds): Promise<Lane[]> {
  const { signal, observe, tools } = needs;
  const lanes: Lane[] = [];
  const observer = await observerOf(scenario, target, needs);
  const theirs = other === null ? null : await observerOf(readOf(scenario), other.target, needs);
  for (const { name, bound } of scenario.workloads) {
    if (signal.aborted) break;
    observe({ type: 'stage', text: `checking what ${name} needs` });
    const prepare = (side: Side): Promise<PreparedWorkload> => prepareSide(scenario, { name, bound }, side, needs);
    const prepared = await prepare({ target, tools, folder: name });
    const against = other === null ? null : { label: other.opponent.label, prepared: await prepare({ target: other.target, tools: other.opponent.tools, folder: `${name}.against` }) };
    const estimateRoundMs = (against === null ? 1 : 2) * bound.estimateRoundMs;
    const lane: Lane = { scenario: scenario.name, workload: name, rounds: bound.once ? 1 : scenario.rounds, kind: bound.kind, estimateRoundMs, limits: bound.limits, confirmation: null, prepared, against };
    const series = scenario.observe === null ? [] : scenario.observe.series.filter((each) => isObserved(each.workloads ?? scenario.observe?.workloads, lane));
    if (observer === null || series.length === 0) lanes.push(lane);
    else lanes.push({ ...lane, limits: [...lane.limits, ...observeLimits(series)], prepared: observed(prepared, observer.narrowedTo(series)), against: theirs === null || against === null ? against : { ...against, prepared: observed(against.prepared, theirs.narrowedTo(series.filter(isOfTheTarget))) } });
  }
  return lanes;
}

const isOfTheTarget = ({ promql }: SeriesSpec): boolean => promql === undefined;

/** What is read from the other side of a pair: what its own endpoint says. A URL, or a Prometheus server, is not the other side's. */
function readOf(scenario: ChosenScenario): ChosenScenario {
  const { observe } = scenario;
  const series = observe?.endpoint.startsWith('/') === true ? observe.series.filter(isOfTheTarget) : [];
  return { ...scenario, observe: observe === null || series.length === 0 ? null : { ...observe, series } };
}

/** What reads the service while this scenario is measured; null where it asks for nothing. */
async function observerOf({ observe }: ChosenScenario, target: Target | null, { request, config, signal, releases }: PreflightNeeds): Promise<ServiceObserver | null> {
  if (observe === null) return null;
  const observer = await ServiceObserver.open(observe, { target, allowTargets: config.allowTargets, insecureTls: request.insecureTls, signal });
  releases.add(() => observer.close());
  return observer;
}

/** Those that are named; otherwise all that load the service. */
function isObserved(named: readonly string[] | undefined, { workload, kind }: Lane): boolean {
  return named === undefined ? kind === 'http' || kind === 'job' || kind === 'k6' : named.includes(workload);
}

/** One side of a scenario: where its load goes, with which tools, in which folder. */
export interface Side {
  target: Target | null;
  tools: ToolResolver;
  folder: string;
}

async function prepareSide(scenario: ChosenScenario, { name, bound }: ChosenWorkload, side: Side, needs: PreflightNeeds): Promise<PreparedWorkload> {
  const prepared = await bound.prepare(await contextOf(scenario, name, side, needs));
  needs.releases.add(() => prepared.close());
  return prepared;
}

/** What a workload is handed, its folder made. */
export async function contextOf(scenario: ChosenScenario, name: string, side: Side, { request, config, workDir, signal, observe, keepSecret }: PreflightBase): Promise<WorkloadContext> {
  const own = join(workDir, scenario.name, side.folder);
  await mkdir(own, { recursive: true });
  return {
    name,
    rounds: scenario.rounds,
    seed: seedFor(request.seed, scenario.name, name),
    target: side.target,
    scenarioDir: scenario.dir,
    workDir: own,
    tools: side.tools,
    signal,
    insecureTls: request.insecureTls,
    ...(request.engine === null ? {} : { engine: request.engine }),
    keepSecret,
    prices: config.prices === undefined ? null : { currency: config.prices.currency, cpuPerHour: config.prices.cpu ?? null, gpuPerHour: config.prices.gpu ?? null },
    progress: (progress) => observe({ type: 'progress', progress }),
  };
}
