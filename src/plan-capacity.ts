import { join } from 'node:path';
import { asksOf } from './capacity/plan/asks.ts';
import { cautionsOf } from './capacity/plan/cautions.ts';
import { batchesOf, bytesFrom, figureFrom } from './capacity/plan/figures.ts';
import { compareWithGpu, compareWithRun } from './capacity/plan/gpu.ts';
import { breakEvenOf, costTable, planDeployment, type DeploymentSpec, type PlanBase } from './capacity/plan/make-plan.ts';
import type { PlanSources } from './capacity/plan/sources.ts';
import { thresholdsOf } from './capacity/plan/thresholds.ts';
import { videosOf, wantedVideo, type Videos } from './capacity/plan/video.ts';
import { BenchError, EXIT } from './errors.ts';
import { sourcesOf, wholeRecord } from './pipeline/plan-sources.ts';
import { readScenarios, scenarioMistakes } from './pipeline/plan.ts';
import { videosMade } from './pipeline/videos-made.ts';
import { writeAtomic } from './record/atomic.ts';
import { cannotWrite, makeFolder } from './record/folder.ts';
import { PLAN_FILE, type PlanRecord } from './record/plan.ts';
import { newRunId } from './record/run-id.ts';
import type { RunRecord } from './record/schema.ts';
import { CONFIG_FILE, loadConfig, type Config } from './scenario/config.ts';
import type { LoadedScenario } from './scenario/load.ts';

export interface PlanRequest {
  scenario: string;
  /** Runs, searches and scalings to plan from; empty: the newest of the scenario. */
  from: readonly string[];
  /** A run of another machine, with a GPU. */
  gpu: string | null;
  workload: string | null;
  deployment: string | null;
  cost: boolean;
  out: string | null;
  reportsDir: string;
  command: string;
  version: string;
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
}

/** Servers, storage and cost from stored runs. Nothing is measured and nothing guessed: what is not known is asked for. Throws a BenchError (2). */
export async function planCapacity(request: PlanRequest): Promise<{ record: PlanRecord; dir: string }> {
  const config = await loadConfig(request.cwd, request.env);
  if (config.value === undefined) throw scenarioMistakes(config.errors);
  const loaded = await scenarioOf(request);
  const { name, capacity = {} } = loaded.scenario.published;
  const deployments = chosenDeployments(capacity, request.deployment);
  const prices = request.cost ? pricesOf(config.value) : null;

  const sources = await sourcesOf(request, name);
  const { origin } = sources;
  const videos: Videos = { made: videosOf(videosMade(loaded, origin), sources.workloads), wanted: wantedVideo(deployments) };
  const batches = batchesOf(sources, videos);
  const figure = figureFrom(sources, batches, request.workload, videos);
  if (figure === null) throw new BenchError(EXIT.usage, `no stored run of ${request.workload === null ? name : `${name}/${request.workload}`} says how many videos a server makes`, { hint: `Measure one: bench run ${request.scenario} with a job workload or a batch of encodes (encode.jobs above 1), or bench capacity over a job workload.` });
  const { server, searched, environment } = figure;
  const bytes = bytesFrom(sources, batches, server.workload, videos);
  const gpuRun = request.gpu === null ? null : await gpuRunOf(request.gpu, request.reportsDir);
  const gpu = gpuRun === null ? compareWithGpu(batches, server.workload) : compareWithRun(batches, server.workload, gpuRun, { scenario: name, sha256: origin.sha256 });
  const comparison = gpu.type === 'compared' ? gpu.comparison : null;

  const base: PlanBase = { server, prices, gpuSpeedup: comparison?.speedup ?? null, bytesPerVideo: bytes?.perVideo ?? null };
  const thresholds = thresholdsOf(server, searched, sources.scalings, videos, Math.max(...deployments.map(([, { headroom }]) => headroom)));
  // Encodes ran here, whatever service the other workloads asked.
  const target = server.basis === 'encodes' ? null : origin.target;
  const startedAt = new Date();
  const id = newRunId(startedAt);
  const record: PlanRecord = {
    schemaVersion: 1,
    kind: 'capacity-plan',
    run: { id, startedAt: startedAt.toISOString(), command: request.command, readybench: request.version },
    scenario: { name, sha256: origin.sha256 },
    environment,
    target,
    sources: recordsOf(sources, [server.workload, bytes?.workload, comparison?.cpu.workload, thresholds.maxConcurrentJobs?.workload], gpuRun),
    prices, server,
    gpu: comparison,
    breakEven: breakEvenOf(base),
    bytesPerVideo: base.bytesPerVideo,
    bytesFrom: bytes?.workload ?? null,
    costPerVideo: costTable(base),
    deployments: deployments.map(([each, spec]) => planDeployment(each, spec, base)),
    thresholds,
    cautions: cautionsOf({ server, bytes, comparison, concurrency: thresholds.maxConcurrentJobs, videos }),
    asks: asksOf({ ...base, gpu, thresholds, wanted: videos.wanted, target, profile: origin.profile, scenario: request.scenario, atOnce: deployments.flatMap(([each, { concurrent }]) => (concurrent === undefined ? [] : [each])) }),
  };
  const dir = request.out ?? join(request.reportsDir, id);
  await makeFolder(dir);
  const file = join(dir, PLAN_FILE);
  await writeAtomic(file, `${JSON.stringify(record, null, 1)}\n`).catch((error: unknown) => { throw cannotWrite(file, '--out DIR', error); });
  return { record, dir };
}

async function scenarioOf({ scenario, cwd, env }: PlanRequest): Promise<LoadedScenario> {
  const results = await readScenarios([scenario], [], { cwd, env, unset: 'warning', targetGiven: true });
  const errors = results.flatMap((result) => result.errors);
  if (errors.length > 0) throw scenarioMistakes(errors);
  const all = results.flatMap(({ value }) => value ?? []);
  const nameOf = (each: LoadedScenario): string => each.scenario.published.name;
  const [first, ...more] = all.filter(({ scenario: { published } }) => published.capacity !== undefined);
  if (first !== undefined && more.length > 0) throw new BenchError(EXIT.usage, `several scenarios have a capacity section: ${[first, ...more].map(nameOf).join(', ')}`, { hint: 'Name one of them.' });
  if (first !== undefined) return first;
  throw new BenchError(EXIT.usage, `${all.map(nameOf).join(', ')} has no capacity section: what a deployment must bear is not known`, {
    hint: 'Add one to the scenario, for example\n  capacity:\n    production: { video: { duration: 30s, height: 1080 }, videosPerDay: [100, 500], peakFactor: 3, growthPerMonth: 5%, headroom: 30%, retention: 90d }',
  });
}

function chosenDeployments(capacity: Readonly<Record<string, DeploymentSpec>>, wanted: string | null): [string, DeploymentSpec][] {
  const all = Object.entries(capacity);
  const chosen = all.filter(([name]) => wanted === null || name === wanted);
  if (chosen.length > 0) return chosen;
  throw new BenchError(EXIT.usage, `there is no deployment ${wanted ?? ''}`, { hint: `There are ${all.map(([name]) => name).join(', ')}.` });
}

const PRICES_HINT = `Write what your machines cost into ${CONFIG_FILE}, for example\n  prices: { currency: USD, cpu: 0.34/h, gpu: 0.526/h, storage: 0.023/GB-month, asOf: 2026-11-01 }\nor leave costs out with --no-cost.`;

function pricesOf({ prices }: Config): NonNullable<PlanRecord['prices']> {
  if (prices === undefined) throw new BenchError(EXIT.usage, `there are no prices in ${CONFIG_FILE}`, { hint: PRICES_HINT });
  if (prices.cpu === undefined) throw new BenchError(EXIT.usage, `${CONFIG_FILE} has no price of a CPU machine (prices.cpu)`, { hint: PRICES_HINT });
  if (prices.cpu === 0 || prices.gpu === 0) throw new BenchError(EXIT.usage, `a price of ${CONFIG_FILE} is 0: nothing can be held against it`, { hint: PRICES_HINT });
  return { currency: prices.currency, asOf: prices.asOf ?? null, cpuPerHour: prices.cpu, gpuPerHour: prices.gpu ?? null, storagePerGbMonth: prices.storage ?? null };
}

async function gpuRunOf(wanted: string, reportsDir: string): Promise<RunRecord> {
  const stored = await wholeRecord(reportsDir, wanted);
  if (stored.kind === 'run') return stored.record;
  throw new BenchError(EXIT.usage, `--gpu ${wanted} is no run`, { hint: 'Name a bench run of the same scenario on a machine with a GPU.' });
}

/** The records of the workloads that figures come from, each once. */
function recordsOf({ workloads, searches, scalings }: PlanSources, of: readonly (string | undefined)[], gpuRun: RunRecord | null): PlanRecord['sources'] {
  const runs = [...workloads.flatMap(({ run, workload }) => (of.includes(workload.name) ? [run] : [])), ...(gpuRun === null ? [] : [gpuRun])];
  return [
    ...[...new Set(runs.map(({ run }) => run.id))].map((runId) => ({ runId, kind: 'run' as const })),
    ...searches.filter(({ workload }) => of.includes(workload)).map(({ run }) => ({ runId: run.id, kind: 'search' as const })),
    ...scalings.filter(({ workload }) => of.includes(workload)).map(({ run }) => ({ runId: run.id, kind: 'scaling' as const })),
  ];
}
