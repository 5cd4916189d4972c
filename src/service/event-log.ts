/** What becomes of a video, published for others to read. */
export type VideoEvent = 'queued' | 'started' | 'finished' | 'removed';

/** One batch of the consumer and the pause after it: 5,000 events a second. */
const BATCH = { events: 100, everyMs: 20 } as const;

/**
 * Events of the videos and the one consumer that reads them, as over a message broker: what is published lies there until the
 * consumer has come to it. The difference is the consumer's lag.
 */
export class EventLog {
  readonly #pending: VideoEvent[] = [];
  readonly #consume: (event: VideoEvent) => void;
  readonly #runs: boolean;
  #timer: NodeJS.Timeout | undefined;
  #published = 0;
  #consumed = 0;

  /** @param runs false: a consumer that stands still */
  constructor(consume: (event: VideoEvent) => void, runs: boolean) {
    this.#consume = consume;
    this.#runs = runs;
  }

  get published(): number {
    return this.#published;
  }

  /** Events that the consumer has not come to. */
  get lag(): number {
    return this.#published - this.#consumed;
  }

  publish(event: VideoEvent): void {
    this.#published += 1;
    if (!this.#runs) return;
    this.#pending.push(event);
    this.#timer ??= setTimeout(() => this.#next(), BATCH.everyMs).unref();
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #next(): void {
    const batch = this.#pending.splice(0, BATCH.events);
    this.#consumed += batch.length;
    batch.forEach(this.#consume);
    this.#timer = this.#pending.length === 0 ? undefined : setTimeout(() => this.#next(), BATCH.everyMs).unref();
  }
}
