import { setTimeout as sleep } from 'node:timers/promises';

export const MODES = ['ok', 'flaky', 'down'] as const;
export type Mode = (typeof MODES)[number];

const ANSWER_MS = 2;
/** What it takes to notice that nothing comes. */
const TIME_OUT_MS = 60;
const FLAKY_EVERY = 3;
const ATTEMPTS = 3;
const FIRST_PAUSE_MS = 5;

/** The model that titles are translated with: not there, but slow and broken like a real one when it is told to be. */
export class Dependency {
  mode: Mode = 'ok';
  #calls = 0;

  /** Throws where it is down, and every third time where it is flaky. */
  async translate(text: string): Promise<string> {
    this.#calls += 1;
    if (this.mode === 'down') {
      await sleep(TIME_OUT_MS);
      throw new Error('the model does not answer');
    }
    await sleep(ANSWER_MS);
    if (this.mode === 'flaky' && this.#calls % FLAKY_EVERY === 0) throw new Error('the model is overloaded');
    return [...text].reverse().join('');
  }
}

/** Tries again after a pause that doubles. Throws what the last try threw. */
export async function withRetries<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      await sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1));
    }
  }
}
