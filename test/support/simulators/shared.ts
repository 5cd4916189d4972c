import type { ModelSpec } from './models.ts';

type SharedSpec = Extract<ModelSpec, { kind: 'shared' }>;

/**
 * A service that all requests in it share: with n in it, it completes X(n) a second by the law of scalability, each of them an equal
 * part of that. Every request is one unit of work, so that n users who never pause get exactly X(n).
 */
export class SharedService {
  readonly #spec: SharedSpec;
  readonly #under: { left: number; done: () => void }[] = [];
  #lastMs = 0;

  constructor(spec: SharedSpec) {
    this.#spec = spec;
  }

  enter(nowMs: number, done: () => void): void {
    this.advance(nowMs);
    this.#under.push({ left: 1, done });
  }

  /** Completes what is due by now. Returns when the next one is, or null. */
  advance(nowMs: number): number | null {
    for (;;) {
      const each = this.#perMs();
      const least = Math.min(...this.#under.map(({ left }) => left));
      const endMs = this.#lastMs + least / each;
      if (this.#under.length === 0 || endMs > nowMs) break;
      this.#spend(endMs);
      for (const ended of this.#under.filter(({ left }) => left <= 1e-9)) {
        this.#under.splice(this.#under.indexOf(ended), 1);
        ended.done();
      }
    }
    this.#spend(nowMs);
    return this.#under.length === 0 ? null : nowMs + Math.min(...this.#under.map(({ left }) => left)) / this.#perMs();
  }

  #spend(nowMs: number): void {
    const each = this.#perMs();
    for (const one of this.#under) one.left -= each * (nowMs - this.#lastMs);
    this.#lastMs = nowMs;
  }

  /** Of one request. */
  #perMs(): number {
    const n = this.#under.length;
    const { sigma, kappa, lambda } = this.#spec;
    return n === 0 ? 0 : lambda / 1_000 / (1 + sigma * (n - 1) + kappa * n * (n - 1));
  }
}
