import { setMaxListeners } from 'node:events';
import { BenchError, EXIT } from '../../errors.ts';
import { seedFor } from '../../random.ts';
import type { JobRun } from '../../record/schema.ts';
import { preflightTarget } from '../../target/preflight.ts';
import type { Target } from '../../target/target.ts';
import { formatMs } from '../../units.ts';
import type { PreparedWorkload, WorkloadContext, WorkloadKind } from '../contract.ts';
import type { Asking } from '../dialogue/ask.ts';
import { Client } from '../dialogue/client.ts';
import type { Files } from '../http/files.ts';
import { runSetUp } from '../http/setup-steps.ts';
import { atRate, isWarmUp } from './at-rate.ts';
import { Leftovers } from './leftovers.ts';
import { limitsOf } from './limits.ts';
import { measurementOf, type Exchanges, type Round } from './measurement.ts';
import { checkJob, credentialsOfJob, filesOfJob } from './requests.ts';
import { runJobs } from './round.ts';
import { JOB_CEILINGS, type JobSpec, type JobWorkload } from './schema.ts';
import { UnderWay } from './under-way.ts';
import { WebhookListener } from './webhook.ts';

const PREFLIGHT_TIMEOUT_MS = 4_000;
/** A submit under way at an interrupt is given this long, so that its job can be removed. */
const LAST_SUBMIT_MS = 3_000;
/** For the estimate alone: what a job may take where nothing is known of it. */
const GUESSED_JOB_MS = 5_000;

/** Jobs of the target from submit to result, seen by polls or by a webhook. */
export const job: WorkloadKind<JobWorkload> = {
  kind: 'job',
  needsTarget: () => true,
  readOnly: () => false,
  estimateRoundMs: ({ job: spec, sla }) => {
    const each = Math.min(spec.timeout, sla.completion?.p50 ?? GUESSED_JOB_MS, GUESSED_JOB_MS);
    return spec.rate === undefined ? Math.ceil(spec.jobs / (spec.concurrency ?? 1)) * each : (spec.jobs / spec.rate) * 1_000 + each;
  },
  limits: limitsOf,
  rateOf: ({ job: { rate } }) => rate ?? null,
  atRate,
  atConcurrency: (workload, { concurrency, pieces }) => {
    const { rate: _rate, warmup: _warmup, ...rest } = workload.job;
    return { ...workload, job: { ...rest, concurrency, jobs: Math.min(JOB_CEILINGS.jobs, concurrency * pieces) } };
  },
  async prepare(workload, context) {
    const { name, target, insecureTls, signal, scenarioDir, tools } = context;
    // Every request under way listens to it; that is no leak.
    setMaxListeners(0, signal);
    const { job: spec } = workload;
    if (target === null) throw new BenchError(EXIT.usage, `${name} submits jobs, but the scenario has no target`, { hint: 'Add target: { baseUrl: … } to the scenario.' });
    checkJob(spec, name);
    const files = await filesOfJob(spec, scenarioDir, name);
    const ffprobe = spec.fetch?.verify.video === undefined ? null : (await tools.ffprobe()).path;
    await preflightTarget(target, { timeoutMs: PREFLIGHT_TIMEOUT_MS, insecure: insecureTls, signal });
    const webhook = spec.webhook === undefined ? null : await WebhookListener.open(spec.webhook);
    return new PreparedJobs(workload, target, context, { files, ffprobe, webhook });
  },
};

interface Needs {
  files: Files;
  ffprobe: string | null;
  webhook: WebhookListener | null;
}

class PreparedJobs implements PreparedWorkload {
  readonly #workload: JobWorkload;
  readonly #context: WorkloadContext;
  readonly #needs: Needs;
  readonly #asking: Asking;
  readonly #client: Client;
  readonly #leftovers: Leftovers;
  readonly #rounds: Round[] = [];

  constructor(workload: JobWorkload, target: Target, context: WorkloadContext, needs: Needs) {
    const { insecureTls, keepSecret } = context;
    this.#workload = workload;
    this.#context = context;
    this.#needs = needs;
    this.#client = new Client(target, { insecureTls, connections: connectionsOf(workload.job) });
    this.#asking = { client: this.#client, target, insecureTls, files: needs.files, credentials: credentialsOfJob(workload.job), keepSecret };
    this.#leftovers = new Leftovers(workload.job);
  }

  async runRound(round: number): Promise<void> {
    const { signal, progress, seed, workDir } = this.#context;
    const { job: spec } = this.#workload;
    progress({ phase: 'set-up', done: 0 });
    const setUp = await this.#setUp(spec);
    if (signal.aborted) return;
    if (setUp.type === 'failed') {
      this.#rounds.push({ type: 'set-up-failed', round, step: setUp.step, message: setUp.message });
      return;
    }
    const exchanges: Exchanges = { submit: [], poll: [], fetch: [] };
    const ended: JobRun[] = [];
    const zeroMs = performance.now();
    const late = later(signal, LAST_SUBMIT_MS);
    const underWay = new UnderWay();
    const runs = await runJobs(
      { spec, asking: this.#asking, variables: setUp.variables, round, zeroMs, signal, lateSignal: late.signal, workDir, ffprobe: this.#needs.ffprobe, webhook: this.#needs.webhook, identities: new Map(), onExchange: (step, durationMs) => exchanges[step].push(durationMs), onBegun: () => underWay.begin() },
      {
        seed: seedFor(seed, 'jobs', round),
        onAccepted: (accepted) => this.#leftovers.add(accepted),
        onEnded: async (run) => {
          ended.push(run);
          // What an interrupt leaves is removed together, below.
          return signal.aborted ? run : { ...run, removed: await this.#leftovers.remove(run.job, this.#asking) };
        },
        onProgress: ({ submitted, jobs }) => progress({ phase: `${ended.length}/${jobs} jobs, ${submitted - ended.length} under way`, done: ended.length / jobs, ...figureOf(ended) }),
      },
    ).finally(late.release);
    await this.#leftovers.removeAll(this.#asking);
    this.#rounds.push({ type: 'measured', round, runs: runs.filter(({ submittedMs }) => !isWarmUp(spec, submittedMs)), exchanges, underWay: underWay.overTime });
  }

  measurement(): ReturnType<PreparedWorkload['measurement']> {
    return measurementOf(this.#rounds, this.#workload.job, this.#workload.sla, this.#leftovers.failures);
  }

  async close(): Promise<void> {
    await this.#leftovers.removeAll(this.#asking);
    await this.#client.close();
    await this.#needs.webhook?.close();
  }

  #setUp(spec: JobSpec): ReturnType<typeof runSetUp> {
    const { signal, insecureTls, keepSecret } = this.#context;
    const { target, files, credentials } = this.#asking;
    return runSetUp(spec.setup, { target, files: files ?? new Map(), credentials: credentials ?? new Set(), timeoutMs: spec.requestTimeout, insecureTls, cookies: false, signal, keepSecret });
  }
}

function connectionsOf({ jobs, concurrency, rate }: JobSpec): number {
  return Math.min(1_000, rate === undefined ? (concurrency ?? 1) : jobs);
}

function figureOf(ended: readonly JobRun[]): { figure?: string } {
  const done = ended.flatMap(({ outcome, endMs, submittedMs }) => (outcome === 'done' ? [endMs - submittedMs] : [])).sort((a, b) => a - b);
  const middle = done[Math.floor((done.length - 1) / 2)];
  return middle === undefined ? {} : { figure: `p50 ${formatMs(middle)}` };
}

/** A signal that follows another after a while. */
function later(signal: AbortSignal, ms: number): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  let timer: NodeJS.Timeout | undefined;
  const start = (): void => {
    timer = setTimeout(() => controller.abort(), ms);
  };
  if (signal.aborted) start();
  else signal.addEventListener('abort', start, { once: true });
  return {
    signal: controller.signal,
    release: () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', start);
    },
  };
}
