import { compareMeasured, openComparison, storeSessions } from './pipeline/comparison.ts';
import type { ChosenScenario } from './pipeline/choose.ts';
import type { Observer } from './pipeline/events.ts';
import { gitState } from './pipeline/git.ts';
import { Ledger } from './pipeline/ledger.ts';
import type { ReadyScenario } from './pipeline/preflight.ts';
import { mergeScripts } from './pipeline/k6-merge-scripts.ts';
import type { RunRequest } from './pipeline/request.ts';
import type { Lane } from './pipeline/rounds.ts';
import { hashOf } from './host/fingerprint.ts';
import { createToolResolver } from './host/tools.ts';
import { parseFailOn } from './judge/policy.ts';
import { judgeRun } from './judge/verdict.ts';
import type { ExitCode } from './errors.ts';
import { checkFolder } from './record/folder.ts';
import type { Environment, RunRecord } from './record/schema.ts';
import { readExport, type Exported, type Judging } from './k6/judging.ts';
import { sortByTest } from './k6/merge/by-test.ts';
import { mergeSegments, type Merged } from './k6/merge/merge.ts';
import type { K6Plan } from './k6/plan.ts';
import { PrometheusClient } from './k6/prometheus/client.ts';
import { readFromPrometheus } from './k6/prometheus/read.ts';
import type { Measurement } from './workloads/contract.ts';
import { measurementOf } from './workloads/http/measurement.ts';

/** Where the points of a test are. */
export type PointSource = { type: 'files'; files: readonly string[] } | { type: 'prometheus'; url: string; token: string | undefined; sinceMs: number };

export interface MergeOutcome {
  record: RunRecord;
  /** The run's folder. */
  dir: string;
  exitCode: ExitCode;
}

/**
 * The points of a test that ran elsewhere, judged as a run of our own: validity, SLA, comparison, record. Its machine is the
 * cluster that sent the load, not this one. Throws a BenchError (2) for files that are none of this test.
 */
export async function mergeK6(folder: string, source: PointSource, request: Omit<RunRequest, 'engine' | 'profile' | 'seed' | 'insecureTls'>, observe: Observer): Promise<MergeOutcome> {
  const policy = parseFailOn(request.failOn);
  const { plan, judging, pods } = await readExport(folder);
  await checkFolder(request.out ?? request.reportsDir);
  const merged = await mergedFrom(source, plan, judging, observe);
  const ready = readyOf(judging, merged);
  const chosen: ChosenScenario[] = ready.map(({ scenario }) => scenario);
  const environment = environmentOf(judging, pods, plan.segments, source);
  const comparison = await openComparison(request, chosen, environment.hash);

  const version = /(?<!@sha256):v?(\d[\w.-]*)(?:@sha256:\w+)?$/.exec(judging.image)?.[1] ?? judging.image;
  const engine = { name: 'k6', tool: { path: '', version, segments: plan.segments }, run: () => Promise.reject(new Error('the load was sent elsewhere')) };
  const whole: RunRequest = { ...request, engine, profile: judging.profile, seed: judging.seed, insecureTls: judging.insecureTls };
  const tools = createToolResolver(request.env);
  const ledger = await Ledger.open({ request: whole, rounds: judging.rounds, secrets: credentialsOf(source), environment, git: await gitState(request.cwd), tools });
  ledger.measures(ready);
  const measured = ledger.scenarios(false);
  const { scenarios } = compareMeasured(comparison, measured, chosen, { runId: ledger.id, environment, tools: ledger.tools, startedAt: ledger.startedAt, control: null });
  const judged = judgeRun({ scenarios, policy, interrupted: null, failures: [], disturbed: [] });
  const { record, notes } = await ledger.finish('complete', scenarios, judged);
  if (comparison.kind === 'history') notes.push(...(await storeSessions(request.baselinesDir, record)));
  for (const text of notes) observe({ type: 'note', text });
  return { record, dir: ledger.dir, exitCode: judged.exitCode };
}

/** What must be in no artefact, the command line included. */
function credentialsOf(source: PointSource): Set<string> {
  if (source.type === 'files' || !URL.canParse(source.url)) return new Set();
  const { password } = new URL(source.url);
  return new Set([source.token ?? '', password, decodeURIComponent(password)].filter((each) => each !== ''));
}

interface Everything extends Pick<Merged, 'parts'> {
  /** Of workloads with a script of their own, by name. */
  scripts: ReadonlyMap<string, Measurement>;
}

async function mergedFrom(source: PointSource, plan: K6Plan, judging: Judging, observe: Observer): Promise<Everything> {
  if (source.type === 'files') {
    const { ofPlan, ofRun } = await sortByTest(plan.id, plan.parts.length > 0, source.files);
    const scripts = await mergeScripts(judging, plan.segments, ofRun, observe);
    if (plan.parts.length === 0) return { parts: [], scripts };
    const { parts } = await mergeSegments(plan, ofPlan, { onFile: (file, index) => observe({ type: 'stage', text: `reading ${file} (${index + 1} of ${ofPlan.length})` }) });
    return { parts, scripts };
  }
  const client = new PrometheusClient(source.url, source.token);
  observe({ type: 'stage', text: 'asking Prometheus for the histograms of all pods' });
  const { parts } = await readFromPrometheus(plan, client, { sinceMs: source.sinceMs, nowMs: Date.now() });
  return { parts, scripts: new Map() };
}

function readyOf({ scenario, rounds, workloads }: Judging, { parts, scripts }: Everything): ReadyScenario[] {
  const chosen: ChosenScenario = {
    name: scenario.name,
    file: scenario.file,
    dir: '',
    sha256: scenario.sha256,
    target: { baseUrl: scenario.target, headers: {} },
    gate: scenario.gate as ChosenScenario['gate'],
    rounds,
    observe: null,
    host: null,
    readiness: null,
    source: scenario.source,
    readOnlyOnly: false,
    workloads: [],
    skipped: [],
  };
  const lanes = workloads.map((workload): Lane => {
    const { name, kind, limits } = workload;
    const own = parts.flatMap(({ part, result }) => (part.workload === name ? [{ type: 'measured' as const, round: part.round, result }] : []));
    const measurement = scripts.get(name) ?? measurementOf(own, workload.kind === 'http' ? workload.load : { model: 'open' });
    return { scenario: scenario.name, workload: name, rounds, kind, estimateRoundMs: 0, limits, confirmation: null, against: null, prepared: { runRound: () => Promise.resolve(), measurement: () => measurement, close: () => Promise.resolve() } };
  });
  return [{ host: null, scenario: chosen, target: { baseUrl: scenario.target, label: scenario.target, headers: {}, addresses: [] }, lanes }];
}

/** What must be equal for two tests to compare: how many pods of which size and which k6 sent the load, and how finely it was told. */
function environmentOf({ image }: Judging, { cpu, memory }: Exported['pods'], segments: number, { type }: PointSource): Environment {
  const hard = { generator: 'k6 on Kubernetes', image, pods: segments, cpuOfPod: cpu, memoryOfPod: memory, ...(type === 'prometheus' ? { samples: 'native histograms' } : {}) };
  return { hard, soft: {}, hash: hashOf(hard) };
}
