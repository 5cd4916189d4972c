import { monitorEventLoopDelay } from 'node:perf_hooks';

/** How the generator's event loop fared since it was last asked. */
export interface LoopHealth {
  /** 99th percentile of how late timers fired; null without a sample. */
  delayP99Ms: number | null;
  /** Share of the time that went into work, 0..1; waiting by polling is not work. */
  utilisation: number | null;
}

const RESOLUTION_MS = 10;

/** Watches the event loop of the thread it is created in. */
export class LoopProbe {
  readonly #delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  #before = performance.eventLoopUtilization();
  #polledIdleMs = 0;

  constructor() {
    this.#delay.enable();
  }

  /** Time between two polls in which there was nothing to do: the loop counts it as active, it is not. */
  idle(ms: number): void {
    this.#polledIdleMs += ms;
  }

  take(): LoopHealth {
    const now = performance.eventLoopUtilization();
    const activeMs = now.active - this.#before.active;
    const totalMs = activeMs + now.idle - this.#before.idle;
    const health = {
      // The monitor records whole intervals; what is above its resolution is the delay.
      delayP99Ms: this.#delay.count > 0 ? Math.max(0, this.#delay.percentile(99) / 1e6 - RESOLUTION_MS) : null,
      utilisation: totalMs > 0 ? Math.min(1, Math.max(0, (activeMs - this.#polledIdleMs) / totalMs)) : null,
    };
    this.#before = now;
    this.#polledIdleMs = 0;
    this.#delay.reset();
    return health;
  }

  stop(): void {
    this.#delay.disable();
  }
}
