import { systemClock, type Clock } from './clock.ts';
import type { Exchanges } from './exchanges.ts';
import { PROGRESS_MS, type LoadHooks } from './hooks.ts';
import { Iterations } from './iterations.ts';
import type { ClosedPlan } from './plan.ts';
import type { LoadResult } from './result.ts';

/** Before a user whose request broke or timed out sends again: a port that refuses must not become a spin. */
const RETRY_PAUSE_MS = 100;

/**
 * Closed loop on our own connections: `connections` users, each starts its next iteration `thinkMs` after its last was
 * over. Unlike `runSaturation` it survives reconnects, counts every request and takes mixes and flows; it is slower at
 * full speed. After the measured time the answers under way are awaited, none longer than its own timeout.
 */
export function runClosedLoop(plan: ClosedPlan, hooks: LoadHooks = {}, clock: Clock = systemClock): Promise<LoadResult> {
  return new Promise((resolve) => new ClosedLoop(plan, hooks, clock, resolve).run());
}

class ClosedLoop {
  readonly #plan: ClosedPlan;
  readonly #hooks: LoadHooks;
  readonly #clock: Clock;
  readonly #resolve: (result: LoadResult) => void;
  readonly #iterations: Iterations;
  readonly #exchanges: Exchanges;
  readonly #thinking = new Set<() => void>();
  #cancelTick: () => void = () => undefined;
  #finished = false;

  constructor(plan: ClosedPlan, hooks: LoadHooks, clock: Clock, resolve: (result: LoadResult) => void) {
    this.#plan = plan;
    this.#hooks = hooks;
    this.#clock = clock;
    this.#resolve = resolve;
    this.#iterations = new Iterations(plan, clock, (broken) => this.#ended(broken));
    this.#exchanges = this.#iterations.exchanges;
  }

  run(): void {
    this.#exchanges.begin(this.#clock.now());
    this.#hooks.signal?.addEventListener('abort', this.#abort, { once: true });
    for (let user = 0; user < this.#plan.connections; user += 1) this.#send();
    this.#tick();
    if (this.#hooks.signal?.aborted === true) this.#abort();
  }

  #send(): void {
    const nowMs = this.#exchanges.now();
    if (nowMs >= this.#exchanges.measureEndMs) return;
    this.#iterations.start(nowMs, null);
  }

  #ended(broken: boolean): void {
    if (this.#finished) return;
    const pauseMs = Math.max(this.#plan.thinkMs, broken ? RETRY_PAUSE_MS : 0);
    if (pauseMs === 0) {
      this.#send();
    } else {
      const cancel = this.#clock.after(pauseMs, () => {
        this.#thinking.delete(cancel);
        this.#send();
      });
      this.#thinking.add(cancel);
    }
  }

  readonly #tick = (): void => {
    const nowMs = this.#exchanges.now();
    this.#exchanges.turn(nowMs);
    this.#exchanges.roll(nowMs);
    const { measureEndMs, nextDeadlineMs, windowEndMs } = this.#exchanges;
    if (nowMs >= measureEndMs && this.#iterations.active === 0) {
      this.#finish('complete');
      return;
    }
    this.#hooks.onProgress?.(this.#exchanges.progress(nowMs));
    const begin = nowMs < this.#plan.warmupMs ? this.#plan.warmupMs : Number.POSITIVE_INFINITY;
    const end = nowMs < measureEndMs ? measureEndMs : nowMs + 1;
    const wakeMs = Math.min(begin, end, nextDeadlineMs, nowMs + this.#plan.timeoutMs, windowEndMs, nowMs + PROGRESS_MS);
    this.#cancelTick = this.#clock.after(Math.max(1, wakeMs - nowMs), this.#tick);
  };

  readonly #abort = (): void => this.#finish('aborted');

  #finish(ended: LoadResult['ended']): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#cancelTick();
    this.#thinking.forEach((cancel) => cancel());
    this.#hooks.signal?.removeEventListener('abort', this.#abort);
    this.#resolve(this.#iterations.finish('readybench-closed', ended));
  }
}
