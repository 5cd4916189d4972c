import type { JobRun } from '../../record/schema.ts';
import type { Json } from '../../load/json-pointer.ts';
import type { Variables } from '../../load/template.ts';
import { ask, type Asking } from '../dialogue/ask.ts';
import { told } from '../dialogue/transcript.ts';
import type { Failure } from './outcome.ts';
import type { JobSpec } from './schema.ts';
import { timesOf } from './state.ts';
import { fetchResult } from './verify.ts';
import { Callbacks, watchByPolls, watchByWebhook, type Seen } from './watch.ts';
import type { WebhookListener } from './webhook.ts';

/** What the jobs of a round share. */
export interface Surroundings {
  spec: JobSpec;
  asking: Asking;
  /** Of the set-up. */
  variables: Variables;
  round: number;
  /** When the round began, on the clock of `performance.now`. */
  zeroMs: number;
  signal: AbortSignal;
  /** Aborted a moment after `signal`: a submit that is under way is let through, so that what it started can be removed. */
  lateSignal: AbortSignal;
  workDir: string;
  ffprobe: string | null;
  webhook: WebhookListener | null;
  /** What each accepted job was told, by all jobs of the round: two of the same are no two jobs. */
  identities: Map<string, number>;
  /** Told the length of every answered exchange, in ms. */
  onExchange: (step: 'submit' | 'poll' | 'fetch', durationMs: number) => void;
  /** Told of every answer, for whether the service is there at all. */
  onAlive: () => void;
  /** Told that a job has begun; what it returns is told that its end was seen. */
  onBegun: () => () => void;
}

/** A job that was accepted, as far as it takes to remove it. */
export interface Accepted {
  job: number;
  variables: Variables;
}

/** One job from its submit to its end; never throws for what the service does. `onAccepted` is called as soon as the service has it. */
export async function runJob(job: number, lane: number, intendedMs: number, around: Surroundings, onAccepted: (accepted: Accepted) => void): Promise<JobRun> {
  const { spec, asking, round, zeroMs, signal } = around;
  // At a concurrency nothing is due: the next job begins when one has ended.
  const submitLateMs = spec.rate === undefined ? null : Math.max(0, performance.now() - intendedMs);
  const base = { round, job, lane, submittedMs: intendedMs - zeroMs, submitLateMs, removed: 'not-asked' } as const;
  const none = { lateByMs: null, queueWaitMs: null, processingMs: null, polls: 0, bytes: null };
  const callbacks = new Callbacks();
  const hook = around.webhook?.expect((callback) => callbacks.push(callback)) ?? null;
  const over = around.onBegun();
  try {
    const told = await submit(job, hook?.url ?? null, around);
    if ('outcome' in told) return { ...base, ...none, ...told, acceptedMs: null, endMs: performance.now() - zeroMs };
    const accepted = { ...base, acceptedMs: told.acceptedMs - zeroMs };
    if (told.duplicateOf !== null) {
      return { ...accepted, ...none, outcome: 'duplicate', message: `the service answered as for job ${told.duplicateOf + 1}: ${JSON.stringify(told.captured)}`, endMs: told.acceptedMs - zeroMs };
    }
    onAccepted({ job, variables: told.variables });
    const seen = await watch(told, callbacks, intendedMs, around);
    over();
    const ended = { ...accepted, ...timesOf(spec.times, seen.document), lateByMs: seen.failure === null ? seen.lateByMs : null, polls: seen.polls, endMs: seen.endMs - zeroMs };
    if (seen.failure !== null) return { ...ended, ...seen.failure, bytes: null };
    if (spec.fetch === undefined) return { ...ended, outcome: 'done', bytes: null, message: null };
    const { bytes, fetchMs, wrong } = await fetchResult(spec.fetch, told.variables, asking, { timeoutMs: spec.timeout, signal, workDir: around.workDir, ffprobe: around.ffprobe });
    if (signal.aborted) return { ...ended, outcome: 'interrupted', bytes: null, message: 'interrupted' };
    if (fetchMs !== null) around.onExchange('fetch', fetchMs);
    return { ...ended, outcome: wrong === null ? 'done' : 'wrong-result', bytes, message: wrong };
  } finally {
    over();
    hook?.release();
  }
}

interface Told {
  acceptedMs: number;
  captured: Record<string, Json>;
  variables: Variables;
  duplicateOf: number | null;
}

async function submit(job: number, webhook: string | null, { spec, asking, variables, identities, lateSignal, onExchange, onAlive }: Surroundings): Promise<Told | Failure> {
  const given: Variables = { ...variables, job: job + 1, ...(webhook === null ? {} : { webhook }) };
  const { exchange, wrong, captured, transcript } = await ask(spec.submit, given, asking, { timeoutMs: spec.requestTimeout, signal: lateSignal });
  if (exchange.type === 'answered') onAlive();
  if (exchange.type === 'failed' && lateSignal.aborted) return { outcome: 'interrupted', message: 'interrupted' };
  if (exchange.type === 'failed' || wrong !== null) return { outcome: 'rejected', message: `the submit was not accepted: ${wrong ?? ''}. ${told(transcript)}` };
  onExchange('submit', exchange.durationMs);
  const identity = JSON.stringify(captured);
  const known = identity === '{}' ? undefined : identities.get(identity);
  if (known === undefined) identities.set(identity, job);
  return { acceptedMs: exchange.startedMs + exchange.durationMs, captured, variables: { ...given, ...captured }, duplicateOf: known ?? null };
}

function watch({ acceptedMs, variables }: Told, callbacks: Callbacks, intendedMs: number, { spec, asking, signal, onExchange, onAlive }: Surroundings): Promise<Seen> {
  const onPoll = (durationMs: number): void => {
    onAlive();
    onExchange('poll', durationMs);
  };
  const watching = { spec, asking, variables, acceptedMs, deadlineMs: intendedMs + spec.timeout, signal, onPoll };
  return spec.poll === undefined ? watchByWebhook(callbacks, watching) : watchByPolls(spec.poll, watching);
}
