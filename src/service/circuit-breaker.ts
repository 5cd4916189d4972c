/** Refused without a try, because the tries before have failed. */
export class OpenCircuit extends Error {}

export interface BreakerOptions {
  /** Failures one after the other that open it. */
  failures: number;
  /** How long it stays open before one call is let through to see. */
  openMs: number;
  /** ms, as `performance.now`. */
  now?: () => number;
}

type State = { type: 'closed'; failures: number } | { type: 'open'; sinceMs: number } | { type: 'half-open' };

/** Calls a dependency as long as that makes sense (M. Nygard, Release It!, 2018, chapter 5). */
export class CircuitBreaker {
  readonly #options: Required<BreakerOptions>;
  #state: State = { type: 'closed', failures: 0 };

  constructor(options: BreakerOptions) {
    this.#options = { now: () => performance.now(), ...options };
  }

  /** Throws what `work` throws, or OpenCircuit. */
  async call<T>(work: () => Promise<T>): Promise<T> {
    const { failures, openMs, now } = this.#options;
    if (this.#state.type === 'half-open' || (this.#state.type === 'open' && now() - this.#state.sinceMs < openMs)) throw new OpenCircuit('the circuit is open');
    if (this.#state.type === 'open') this.#state = { type: 'half-open' };
    try {
      const result = await work();
      this.#state = { type: 'closed', failures: 0 };
      return result;
    } catch (error) {
      const before = this.#state.type === 'closed' ? this.#state.failures : failures;
      this.#state = before + 1 >= failures ? { type: 'open', sinceMs: now() } : { type: 'closed', failures: before + 1 };
      throw error;
    }
  }
}
