import { seededRandom } from '../random.ts';

/** Gives a connection back; a second call does nothing. */
export type Release = () => void;

export interface PoolOptions {
  size: number;
  /** How long a request waits for a connection. */
  waitMs: number;
  /** Share of connections that are given back only after `LEAK_MS`. */
  leak: number;
}

const LEAK_MS = 30_000;

/** Connections to a database that is not there: what is real is that there are so many, and that requests wait for a free one. */
export class ConnectionPool {
  readonly size: number;
  readonly #waitMs: number;
  readonly #leak: number;
  readonly #random = seededRandom(1);
  readonly #waiting: ((release: Release) => void)[] = [];
  #inUse = 0;

  constructor({ size, waitMs, leak }: PoolOptions) {
    this.size = size;
    this.#waitMs = waitMs;
    this.#leak = leak;
  }

  get inUse(): number {
    return this.#inUse;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** The next free connection; null where none was free in time. */
  acquire(): Promise<Release | null> {
    if (this.#inUse < this.size) return Promise.resolve(this.#take());
    return new Promise((resolve) => {
      const got = (release: Release): void => {
        clearTimeout(timer);
        resolve(release);
      };
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(got), 1);
        resolve(null);
      }, this.#waitMs);
      this.#waiting.push(got);
    });
  }

  #take(): Release {
    this.#inUse += 1;
    const leaks = this.#leak > 0 && this.#random() < this.#leak;
    let released = false;
    return () => {
      if (released) return;
      released = true;
      if (leaks) setTimeout(() => this.#giveBack(), LEAK_MS).unref();
      else this.#giveBack();
    };
  }

  #giveBack(): void {
    this.#inUse -= 1;
    this.#waiting.shift()?.(this.#take());
  }
}
