import { readAnswer, type EndpointSeries, type Reading } from './reading.ts';
import type { Source } from './source.ts';
import type { TimedReading } from './window.ts';

/** Milliseconds since the epoch, with fractions: the clock that windows are told in. */
export const nowMs = (): number => performance.timeOrigin + performance.now();

/** For the last readings, once the measurement is over. */
const GRACE_MS = 1_000;

/** Reads a text endpoint again and again, one reading at a time, until it is stopped. */
export class Poller {
  readonly #source: Source;
  readonly #series: readonly EndpointSeries[];
  readonly #readings: { atMs: number; readings: readonly Reading[] }[] = [];
  readonly #stop = new AbortController();
  readonly #giveUp = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #wake: () => void = () => undefined;
  readonly #running: Promise<void>;

  constructor(source: Source, series: readonly EndpointSeries[], everyMs: number) {
    this.#source = source;
    this.#series = series;
    this.#running = this.#run(everyMs);
  }

  /** Takes one more reading, and ends. An endpoint that hangs holds nobody up for long. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#stop.abort();
    this.#wake();
    const grace = setTimeout(() => this.#giveUp.abort(), GRACE_MS);
    await this.#running;
    clearTimeout(grace);
  }

  /** Every reading of one series. */
  of(index: number): TimedReading[] {
    return this.#readings.flatMap(({ atMs, readings }) => {
      const reading = readings[index];
      return reading === undefined ? [] : [{ atMs, reading }];
    });
  }

  async #run(everyMs: number): Promise<void> {
    let dueMs = performance.now();
    for (;;) {
      const last = this.#stop.signal.aborted;
      await this.#read();
      if (last) return;
      dueMs = Math.max(dueMs + everyMs, performance.now());
      await this.#pause(dueMs - performance.now());
    }
  }

  #pause(ms: number): Promise<void> {
    if (this.#stop.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      this.#wake = resolve;
      this.#timer = setTimeout(resolve, ms);
    });
  }

  async #read(): Promise<void> {
    const atMs = nowMs();
    const answer = await this.#source.ask(null, this.#giveUp.signal);
    const failed = (problem: string): Reading[] => this.#series.map(() => ({ kind: 'problem', problem }));
    this.#readings.push({ atMs, readings: answer.ok ? this.#understood(answer, failed) : failed(answer.problem) });
  }

  #understood({ status, contentType, text }: { status: number; contentType: string; text: string }, failed: (problem: string) => Reading[]): Reading[] {
    if (status !== 200) return failed(`${this.#source.url} answers ${status}`);
    const read = readAnswer(text, contentType, this.#series);
    return read.ok ? read.readings : failed(`${this.#source.url}: ${read.problem}`);
  }
}
