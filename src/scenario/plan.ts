import { BenchError, EXIT } from '../errors.ts';
import type { HostSpec } from '../observe/host/schema.ts';
import type { ObserveSpec } from '../observe/schema.ts';
import { kindOf, type KindName, type Workload } from '../workloads/schemas.ts';
import { identityOf } from './identity.ts';
import type { LoadedScenario } from './load.ts';
import { suggestion } from './nearest.ts';
import type { ReadinessSpec } from './readiness-schema.ts';
import { matches } from './pattern.ts';
import { BUILT_IN_PROFILES, DEFAULT_ROUNDS, type Gate, type TargetSpec } from './schema.ts';

export interface PlanOptions {
  profile: string;
  seed: number;
  /** Overrides every other number of rounds. */
  rounds?: number;
  /** Overrides the base URL of every scenario; their headers stay. Checked already (`embedded` or a URL). */
  target?: string;
  /** Workloads by part of their name or glob; any of them. Empty: all. */
  filters?: readonly string[];
}

export interface PlannedWorkload {
  name: string;
  kind: KindName;
  /** The whole workload, `sla` included, with secrets put in: to run, never to store. */
  spec: Workload;
}

export interface PlannedScenario {
  name: string;
  file: string;
  dir: string;
  /** Of what is measured in this profile, however the command line narrows it. */
  sha256: string;
  target: TargetSpec | null;
  gate: Gate;
  rounds: number;
  /** What is read from the service meanwhile. */
  observe: ObserveSpec | null;
  /** The guide that the figures are held against at the end. */
  readiness: ReadinessSpec | null;
  /** What is watched on this machine meanwhile. */
  host: HostSpec | null;
  source: string;
  /** Only workloads that read may run: smoke, where the scenario does not name the workloads itself. */
  readOnlyOnly: boolean;
  workloads: PlannedWorkload[];
  skipped: { workload: string; why: string }[];
}

/** Everything a run does, as data. */
export interface Plan {
  profile: string;
  seed: number;
  scenarios: PlannedScenario[];
  /** Scenarios that were chosen but have nothing to run. */
  leftOut: { scenario: string; why: string }[];
}

/** Scenarios → plan. Throws a BenchError (2) where a name on the command line means nothing. */
export function makePlan(scenarios: readonly LoadedScenario[], options: PlanOptions): Plan {
  const knows = (scenario: LoadedScenario): boolean => profilesOf(scenario).includes(options.profile);
  if (scenarios.length > 0 && !scenarios.some(knows)) throw unknownProfile(scenarios, options.profile);
  const planned = scenarios.filter(knows).map((scenario) => planScenario(scenario, options));
  const filtered = planned.filter(({ workloads }) => workloads.length > 0);
  if (planned.length > 0 && filtered.length === 0) throw nothingMatches(planned, options.filters ?? []);
  return {
    profile: options.profile,
    seed: options.seed,
    scenarios: filtered,
    leftOut: [
      ...scenarios.filter((scenario) => !knows(scenario)).map((scenario) => ({ scenario: scenario.scenario.published.name, why: `has no profile ${options.profile}` })),
      ...planned.filter(({ workloads }) => workloads.length === 0).map(({ name }) => ({ scenario: name, why: `no workload matches --filter ${(options.filters ?? []).join(', ')}` })),
    ],
  };
}

function planScenario(loaded: LoadedScenario, options: PlanOptions): PlannedScenario {
  const { resolved, published } = loaded.scenario;
  const profile = resolved.profiles[options.profile];
  const variant = loaded.variants[options.profile];
  const inProfile = (workload: Workload): boolean => profile?.only === undefined || profile.only.includes(workload.name);
  const whySkipped = (workload: Workload): string | undefined => {
    if (!inProfile(workload)) return `not in the profile ${options.profile}`;
    return matches(workload.name, options.filters ?? []) ? undefined : 'not matched by --filter';
  };
  const all = variant?.resolved ?? resolved.workloads;
  return {
    name: resolved.name,
    file: loaded.file,
    dir: loaded.dir,
    sha256: identityOf((variant?.published ?? published.workloads).filter(inProfile)),
    target: targetOf(resolved.target, options.target),
    gate: resolved.gate,
    observe: resolved.observe ?? null,
    host: resolved.host ?? null,
    readiness: resolved.readiness ?? null,
    rounds: options.rounds ?? profile?.rounds ?? resolved.rounds ?? BUILT_IN_PROFILES[options.profile] ?? DEFAULT_ROUNDS,
    source: loaded.source,
    readOnlyOnly: options.profile === 'smoke' && profile?.only === undefined,
    workloads: all.filter((each) => whySkipped(each) === undefined).map((spec) => ({ name: spec.name, kind: kindOf(spec), spec })),
    skipped: all.flatMap((each) => {
      const why = whySkipped(each);
      return why === undefined ? [] : [{ workload: each.name, why }];
    }),
  };
}

const targetOf = (own: TargetSpec | undefined, override: string | undefined): TargetSpec | null =>
  override === undefined ? (own ?? null) : { baseUrl: override, headers: own?.headers ?? {} };

/** Every profile a scenario can run under. */
export function profilesOf(loaded: LoadedScenario): string[] {
  return [...new Set([...Object.keys(BUILT_IN_PROFILES), ...Object.keys(loaded.scenario.published.profiles)])];
}

function unknownProfile(scenarios: readonly LoadedScenario[], profile: string): BenchError {
  const known = [...new Set(scenarios.flatMap(profilesOf))];
  const meant = suggestion(profile, known);
  return new BenchError(EXIT.usage, `There is no profile ${profile}${meant.startsWith('did') ? `: ${meant}` : ''}`, { hint: `Profiles of these scenarios: ${known.join(', ')}` });
}

function nothingMatches(planned: readonly PlannedScenario[], filters: readonly string[]): BenchError {
  const names = planned.flatMap(({ skipped }) => skipped.map(({ workload }) => workload));
  return new BenchError(EXIT.usage, `No workload matches --filter ${filters.join(', ')}`, { hint: `Workloads of these scenarios: ${[...new Set(names)].join(', ')}` });
}
