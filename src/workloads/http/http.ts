import { BenchError, EXIT } from '../../errors.ts';
import type { LoadPlan, RateStage } from '../../load/plan.ts';
import type { LoadProgress } from '../../load/result.ts';
import { runLoad } from '../../load/thread.ts';
import { seedFor } from '../../random.ts';
import { preflightTarget } from '../../target/preflight.ts';
import type { Target } from '../../target/target.ts';
import { formatMs } from '../../units.ts';
import type { PreparedWorkload, Progress, WorkloadContext, WorkloadKind } from '../contract.ts';
import { limitsOf } from './limits.ts';
import { measurementOf, type Round } from './measurement.ts';
import { checkRequests, requestPlan, targetPlan } from './requests.ts';
import { measuredMsOf, measuredRequests, type HttpSpec, type HttpWorkload, type Load, type StagedLoad } from './schema.ts';
import { runSetUp } from './setup-steps.ts';
import { referencesIn, type Variables } from './template.ts';

const READING = new Set(['GET', 'HEAD', 'OPTIONS']);
/** The generator's own warm-up and the start of its thread, in every round. */
const GENERATOR_START_MS = 700;
const PREFLIGHT_TIMEOUT_MS = 4_000;

/** Requests to the target: open loop on our own engine, closed loop on autocannon or our own. */
export const http: WorkloadKind<HttpWorkload> = {
  kind: 'http',
  needsTarget: () => true,
  readOnly: ({ http: spec }) => [...spec.setup, ...measuredRequests(spec)].map(({ request }) => request).every(({ method }) => READING.has(method)),
  estimateRoundMs: ({ http: { load } }) => GENERATOR_START_MS + load.warmup + measuredMsOf(load),
  limits: limitsOf,
  async prepare({ http: spec }, context) {
    const { name, target, insecureTls, signal } = context;
    if (target === null) throw new BenchError(EXIT.usage, `${name} sends requests, but the scenario has no target`, { hint: 'Add target: { baseUrl: … } to the scenario.' });
    checkRequests(spec, name);
    const answer = await preflightTarget(target, { timeoutMs: PREFLIGHT_TIMEOUT_MS, insecure: insecureTls, signal, ...pathToTry(spec) });
    if (usesAutocannon(spec.load) && answer.connectionClose) {
      throw new BenchError(EXIT.unreachable, `${name}: the target closes the connection after every answer (Connection: close), so autocannon cannot measure it with model: closed`, {
        hint: 'Enable keep-alive on the target, or use engine: own or model: open.',
      });
    }
    return new PreparedHttp(spec, target, context);
  },
};

/** The measured path where trying it changes nothing and its variables are known; otherwise the base URL will do. */
function pathToTry(spec: HttpSpec): { path?: string } {
  const [first] = measuredRequests(spec);
  if (first === undefined) return {};
  const { request } = first;
  return READING.has(request.method) && referencesIn(request.path).length === 0 ? { path: request.path } : {};
}

class PreparedHttp implements PreparedWorkload {
  readonly #spec: HttpSpec;
  readonly #target: Target;
  readonly #context: WorkloadContext;
  readonly #rounds: Round[] = [];

  constructor(spec: HttpSpec, target: Target, context: WorkloadContext) {
    this.#spec = spec;
    this.#target = target;
    this.#context = context;
  }

  async runRound(round: number): Promise<void> {
    const { signal, insecureTls, progress } = this.#context;
    progress({ phase: 'set-up', done: 0 });
    const setUp = await runSetUp(this.#spec.setup, this.#target, { timeoutMs: this.#spec.load.timeout, insecureTls, signal });
    if (signal.aborted) return;
    if (setUp.type === 'failed') {
      this.#rounds.push({ type: 'set-up-failed', round, step: setUp.step, message: setUp.message });
      return;
    }
    const result = await runLoad(this.#planOf(round, setUp.variables), { signal, onProgress: (each) => progress(progressOf(each)) });
    this.#rounds.push({ type: 'measured', round, result });
  }

  measurement(): ReturnType<PreparedWorkload['measurement']> {
    return measurementOf(this.#rounds, this.#spec.load);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #planOf(round: number, variables: Variables): LoadPlan {
    const { load } = this.#spec;
    const common = {
      target: targetPlan(this.#target, this.#context.insecureTls),
      requests: measuredRequests(this.#spec).map(({ request, expect, ...entry }) => requestPlan(request, expect, this.#target, variables, entry)),
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
