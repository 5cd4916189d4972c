import { BenchError, EXIT } from '../../errors.ts';
import { single, type FlowPlan, type LoadPlan, type RateStage, type RequestPlan } from '../../load/plan.ts';
import type { LoadProgress } from '../../load/result.ts';
import { LoadGenerator } from '../../load/thread.ts';
import { seedFor } from '../../random.ts';
import { preflightTarget } from '../../target/preflight.ts';
import type { Target } from '../../target/target.ts';
import { formatMs } from '../../units.ts';
import type { PreparedWorkload, Progress, TimeWindow, WorkloadContext, WorkloadKind } from '../contract.ts';
import { atRate } from './at-rate.ts';
import { checkRequests, credentialsOf } from './check-requests.ts';
import { dataPlan, readData, type Data } from './data-file.ts';
import { findFiles, type Files } from './files.ts';
import { limitsOf } from './limits.ts';
import { measurementOf, type Round } from './measurement.ts';
import { requestPlan, targetPlan } from './requests.ts';
import { measuredMsOf, measuredSteps, type HttpSpec, type HttpWorkload, type Load, type StagedLoad } from './schema.ts';
import { runSetUp, type SetUp } from './setup-steps.ts';
import { referencesIn } from './template.ts';

const READING = new Set(['GET', 'HEAD', 'OPTIONS']);
/** The generator's own warm-up and the start of its thread, in every round. */
const GENERATOR_START_MS = 700;
const PREFLIGHT_TIMEOUT_MS = 4_000;

/** Requests to the target: open loop on our own engine, closed loop on autocannon or our own. */
export const http: WorkloadKind<HttpWorkload> = {
  kind: 'http',
  needsTarget: () => true,
  readOnly: ({ http: spec }) => [...spec.setup, ...measuredSteps(spec)].every(({ request }) => READING.has(request.method)),
  estimateRoundMs: ({ http: { load } }) => GENERATOR_START_MS + load.warmup + measuredMsOf(load),
  limits: limitsOf,
  rateOf: ({ http: { load } }) => (load.model === 'closed' ? null : load.rate),
  atRate,
  atConcurrency: (workload, { concurrency, warmupMs, durationMs }) => ({
    ...workload,
    http: { ...workload.http, load: { model: 'closed', connections: concurrency, duration: durationMs, warmup: warmupMs, thinkTime: 0, engine: 'own', timeout: workload.http.load.timeout } },
  }),
  async prepare({ http: spec }, context) {
    const { name, target, insecureTls, signal, scenarioDir } = context;
    if (target === null) throw new BenchError(EXIT.usage, `${name} sends requests, but the scenario has no target`, { hint: 'Add target: { baseUrl: … } to the scenario.' });
    const [data, files] = await Promise.all([readData(spec.data, scenarioDir, name), findFiles(spec, scenarioDir, name)]);
    checkRequests(spec, name, data.columns);
    const answer = await preflightTarget(target, { timeoutMs: PREFLIGHT_TIMEOUT_MS, insecure: insecureTls, signal, ...pathToTry(spec) });
    if (usesAutocannon(spec.load) && context.engine === undefined && answer.connectionClose) {
      throw new BenchError(EXIT.unreachable, `${name}: the target closes the connection after every answer (Connection: close), so autocannon cannot measure it with model: closed`, {
        hint: 'Enable keep-alive on the target, or use engine: own or model: open.',
      });
    }
    return new PreparedHttp(spec, target, context, data, files);
  },
};

/** A round as data, set-up included. */
export interface PlannedHttp {
  load: LoadPlan;
  setup: RequestPlan[];
}

/** What the rounds of a workload are, without a request to anybody. Throws a BenchError (2) for files that are not there. */
export async function plannedHttp({ http: spec }: HttpWorkload, context: WorkloadContext & { target: Target }, rounds: number): Promise<PlannedHttp[]> {
  const { name, target, scenarioDir } = context;
  const [data, files] = await Promise.all([readData(spec.data, scenarioDir, name), findFiles(spec, scenarioDir, name)]);
  checkRequests(spec, name, data.columns);
  const prepared = new PreparedHttp(spec, target, context, data, files);
  return Array.from({ length: rounds }, (_, round) => prepared.planned(round));
}

/** The measured path where trying it changes nothing and its variables are known; otherwise the base URL will do. */
function pathToTry(spec: HttpSpec): { path?: string } {
  const [first] = measuredSteps(spec);
  if (first === undefined) return {};
  const { request } = first;
  return READING.has(request.method) && referencesIn(request.path).length === 0 ? { path: request.path } : {};
}

class PreparedHttp implements PreparedWorkload {
  readonly #spec: HttpSpec;
  readonly #target: Target;
  readonly #context: WorkloadContext;
  readonly #data: Data;
  readonly #files: Files;
  readonly #credentials: ReadonlySet<string>;
  readonly #rounds: Round[] = [];
  readonly #windows = new Map<number, TimeWindow>();
  /** Threads of the first round serve the others too. */
  readonly #generator = new LoadGenerator();
  /** Iterations of the rounds so far: the next one goes on with the data where they stopped. */
  #iterations = 0;

  constructor(spec: HttpSpec, target: Target, context: WorkloadContext, data: Data, files: Files) {
    this.#spec = spec;
    this.#target = target;
    this.#context = context;
    this.#data = data;
    this.#files = files;
    this.#credentials = credentialsOf(spec);
  }

  async runRound(round: number): Promise<void> {
    const { name, signal, insecureTls, progress, keepSecret, engine, workDir } = this.#context;
    progress({ phase: 'set-up', done: 0 });
    const setUp = await runSetUp(this.#spec.setup, {
      target: this.#target,
      files: this.#files,
      credentials: this.#credentials,
      timeoutMs: this.#spec.load.timeout,
      cookies: this.#spec.cookies === true,
      insecureTls,
      signal,
      keepSecret,
    });
    if (signal.aborted) return;
    if (setUp.type === 'failed') {
      this.#rounds.push({ type: 'set-up-failed', round, step: setUp.step, message: setUp.message });
      return;
    }
    const hooks = { signal, onProgress: (each: LoadProgress): void => progress(progressOf(each)) };
    const plan = this.#planOf(round, setUp);
    const startedMs = performance.timeOrigin + performance.now();
    const result = engine === undefined ? await this.#generator.run(plan, hooks) : await engine.run(plan, { workload: name, round, workDir, ...hooks });
    this.#iterations += result.started;
    this.#rounds.push({ type: 'measured', round, result });
    const fromMs = result.measuredFromMs ?? startedMs + plan.warmupMs;
    this.#windows.set(round, { fromMs, toMs: fromMs + result.measuredMs });
  }

  measurement(): ReturnType<PreparedWorkload['measurement']> {
    return measurementOf(this.#rounds, this.#spec.load);
  }

  windowOf(round: number): TimeWindow | null {
    return this.#windows.get(round) ?? null;
  }

  close(): Promise<void> {
    return this.#generator.close();
  }

  /** The plan of a round whose set-up another engine runs: what that captures is known only there. */
  planned(round: number): PlannedHttp {
    const captured = new Set(this.#spec.setup.flatMap(({ capture }) => Object.keys(capture)));
    const names = { known: {}, later: captured };
    const surroundings = { target: this.#target, files: this.#files, credentials: this.#credentials, names };
    return { load: this.#planOf(round, { type: 'ready', variables: {}, cookies: [] }, captured), setup: this.#spec.setup.map((step) => requestPlan({ ...step, labels: {}, pauseMs: 0 }, surroundings)) };
  }

  #planOf(round: number, setUp: Extract<SetUp, { type: 'ready' }>, captured: ReadonlySet<string> = new Set()): LoadPlan {
    const { load, data, cookies, connection } = this.#spec;
    const common = {
      target: targetPlan(this.#target, this.#context.insecureTls),
      flows: this.#flowsOf(setUp, captured),
      data: dataPlan(data, this.#data, seedFor(this.#context.seed, 'data'), this.#iterations),
      cookies: cookies === true ? setUp.cookies : null,
      connection: connection ?? ('keep-alive' as const),
      warmupMs: load.warmup,
      durationMs: measuredMsOf(load),
      timeoutMs: load.timeout,
      seed: seedFor(this.#context.seed, 'arrivals', round),
    };
    if (load.model === 'closed') return { ...common, model: 'closed', connections: load.connections, thinkMs: load.thinkTime, engine: load.engine };
    return {
      ...common,
      model: 'open',
      ratePerSecond: load.rate,
      stages: load.model === 'staged' ? stagesOf(load) : [],
      arrivals: load.arrivals,
      maxInFlight: load.maxInFlight,
      workers: load.workers,
      share: { index: 0, of: 1 },
    };
  }

  #flowsOf({ variables }: Extract<SetUp, { type: 'ready' }>, captured: ReadonlySet<string>): FlowPlan[] {
    // A name that a step captures anew is that step's, even where the set-up captured it too.
    const later = new Set([...captured, ...this.#data.columns.map((column) => `data.${column}`)]);
    const steps = measuredSteps(this.#spec).map((step) => {
      const plan = requestPlan(step, { target: this.#target, files: this.#files, credentials: this.#credentials, names: { known: variables, later: new Set(later) } });
      Object.keys(step.capture).forEach((name) => later.add(name));
      return { plan, weight: step.weight };
    });
    return this.#spec.flow === undefined ? steps.map(({ plan, weight }) => single(plan, weight)) : [{ weight: 1, steps: steps.map(({ plan }) => plan), labels: {} }];
  }
}

function usesAutocannon(load: Load): boolean {
  return load.model === 'closed' && load.engine === 'autocannon';
}

function stagesOf({ rate, stages }: StagedLoad): RateStage[] {
  let before = rate;
  return stages.map((stage) => {
    const toPerSecond = 'rate' in stage ? stage.rate : stage.rampTo;
    const fromPerSecond = 'rate' in stage ? stage.rate : before;
    before = toPerSecond;
    return { fromPerSecond, toPerSecond, durationMs: stage.duration };
  });
}

function progressOf({ phase, done, p95Ms }: LoadProgress): Progress {
  return { phase, done, ...(p95Ms === null ? {} : { figure: `p95 ${formatMs(p95Ms)}` }) };
}
