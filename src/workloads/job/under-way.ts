/**
 * How many jobs are under way, weighted by time: counted by itself, as they begin and end, and not worked out from what is recorded of
 * them. That is what Little's law is checked with.
 */
export class UnderWay {
  readonly #now: () => number;
  #count = 0;
  /** Jobs × ms up to `#atMs`. */
  #area = 0;
  #fromMs: number | null = null;
  #atMs = 0;
  #endMs = 0;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** One has begun; what is returned says once that it has ended. */
  begin(): () => void {
    this.#change(1);
    let over = false;
    return () => {
      if (!over) this.#endMs = this.#change(-1);
      over = true;
    };
  }

  /** Their mean number, from the first beginning to the last end; null where nothing has ended. */
  get overTime(): { mean: number; spanMs: number } | null {
    const spanMs = this.#endMs - (this.#fromMs ?? this.#endMs);
    return spanMs > 0 ? { mean: this.#area / spanMs, spanMs } : null;
  }

  #change(by: 1 | -1): number {
    const nowMs = this.#now();
    this.#fromMs ??= nowMs;
    this.#area += this.#count * (nowMs - this.#atMs);
    this.#count += by;
    this.#atMs = nowMs;
    return nowMs;
  }
}
