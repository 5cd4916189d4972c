import { setTimeout as sleep } from 'node:timers/promises';
import { formatMs } from '../../units.ts';
import type { Json } from '../../load/json-pointer.ts';
import type { Variables } from '../../load/template.ts';
import { ask, type Asking } from '../dialogue/ask.ts';
import { cut, told } from '../dialogue/transcript.ts';
import type { Failure } from './outcome.ts';
import type { JobSpec } from './schema.ts';
import { saysNothing, stateOf } from './state.ts';
import { parsed, type Callback } from './webhook.ts';

/** How the end of a job was seen. Times on the clock of `performance.now`. */
export interface Seen {
  endMs: number;
  /** It may have ended this much earlier. */
  lateByMs: number;
  polls: number;
  /** The last answer about it. */
  document: Json | undefined;
  /** Null where it ended well. */
  failure: Failure | null;
}

export interface Watching {
  spec: JobSpec;
  asking: Asking;
  variables: Variables;
  acceptedMs: number;
  deadlineMs: number;
  signal: AbortSignal;
  /** Told of every poll that was answered. */
  onPoll: (durationMs: number) => void;
}

/** Answers that mean "not now". */
const BUSY = new Set([429, 502, 503, 504]);

/** Polls until the job has ended, its time is over, or nothing can be learnt of it any more. */
export async function watchByPolls(poll: NonNullable<JobSpec['poll']>, { spec, asking, variables, acceptedMs, deadlineMs, signal, onPoll }: Watching): Promise<Seen> {
  let pendingMs = acceptedMs;
  let answeredMs = acceptedMs;
  let readableMs = acceptedMs;
  let last = 'no poll was answered';
  let document: Json | undefined;
  for (let polls = 1; ; polls += 1) {
    const left = deadlineMs - performance.now();
    const ended = (failure: Failure | null, endMs = performance.now()): Seen => ({ endMs, lateByMs: endMs - pendingMs, polls, document, failure });
    if (signal.aborted) return ended({ outcome: 'interrupted', message: 'interrupted' });
    if (left <= 0) return { ...ended({ outcome: 'timeout', message: `not done within ${formatMs(spec.timeout)}. ${last}` }, deadlineMs), polls: polls - 1 };

    const { exchange, wrong, transcript } = await ask(poll, variables, asking, { timeoutMs: Math.min(spec.requestTimeout, left), signal });
    const endMs = exchange.startedMs + exchange.durationMs;
    if (signal.aborted) return ended({ outcome: 'interrupted', message: 'interrupted' });
    last = told(transcript);
    if (exchange.type === 'failed' || (wrong !== null && BUSY.has(exchange.status))) {
      if (endMs - answeredMs > spec.giveUpAfter) return ended({ outcome: 'unreachable', message: `no answer about it for ${formatMs(endMs - answeredMs)}. ${last}` }, endMs);
    } else {
      onPoll(exchange.durationMs);
      answeredMs = endMs;
      document = parsed(exchange.body.toString('utf8'));
      const status = { httpStatus: exchange.status, document };
      const state = stateOf(spec.until, status);
      if (state.type === 'failed') return ended({ outcome: 'failed', message: `${state.message}. ${last}` }, endMs);
      if (state.type === 'done' && wrong === null) return ended(null, endMs);
      if (wrong !== null) return ended({ outcome: 'lost', message: `its state is answered with ${wrong}. ${last}` }, endMs);
      if (!saysNothing(spec.until, status)) readableMs = endMs;
      else if (endMs - readableMs > spec.giveUpAfter) return ended({ outcome: 'unclear', message: `for ${formatMs(endMs - readableMs)} its answers held nothing where job.until looks (${pointersOf(spec)}). ${last}` }, endMs);
      pendingMs = exchange.startedMs;
    }
    const pauseMs = Math.min(spec.pollInterval, Math.max(0, deadlineMs - performance.now()));
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}

function pointersOf({ until: { done, failed } }: JobSpec): string {
  return [...new Set([done, failed ?? []].flat().flatMap((each) => ('at' in each ? [each.at] : [])))].join(', ');
}

/** Callbacks of one job as they come, and whoever waits for them. */
export class Callbacks {
  readonly #seen: Callback[] = [];
  #wake: () => void = () => undefined;

  push(callback: Callback): void {
    this.#seen.push(callback);
    this.#wake();
  }

  /** Waits for the next; undefined where `signal` is aborted first. */
  async next(signal: AbortSignal): Promise<Callback | undefined> {
    if (this.#seen.length === 0 && !signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    }
    return this.#seen.shift();
  }
}

/** Waits for the callback that says how the job ended. */
export async function watchByWebhook(callbacks: Callbacks, { spec, deadlineMs, signal }: Omit<Watching, 'asking' | 'variables' | 'onPoll'>): Promise<Seen> {
  const deadline = AbortSignal.timeout(Math.max(1, Math.ceil(deadlineMs - performance.now())));
  let last = 'It never called back.';
  let document: Json | undefined;
  for (let count = 0; ; count += 1) {
    const callback = await callbacks.next(AbortSignal.any([deadline, signal]));
    const ended = (failure: Failure | null, endMs: number): Seen => ({ endMs, lateByMs: 0, polls: 0, document, failure });
    if (callback === undefined) {
      return signal.aborted ? ended({ outcome: 'interrupted', message: 'interrupted' }, performance.now()) : ended({ outcome: 'timeout', message: `not done within ${formatMs(spec.timeout)}. ${last}` }, deadlineMs);
    }
    document = callback.document;
    const state = stateOf(spec.until, { httpStatus: 0, document });
    last = `Callback ${count + 1} said: ${cut(callback.text)}`;
    if (state.type === 'failed') return ended({ outcome: 'failed', message: `${state.message}. ${last}` }, callback.atMs);
    if (state.type === 'done') return ended(null, callback.atMs);
  }
}
