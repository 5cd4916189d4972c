import { ask, type Asking } from '../dialogue/ask.ts';
import { told } from '../dialogue/transcript.ts';
import type { Accepted } from './run-job.ts';
import type { JobSpec } from './schema.ts';

/** After an interrupt there is less patience: the person waits. */
const LAST_CALL_MS = 10_000;
const AT_ONCE = 10;

/** Jobs that the service has of us and that are to be removed from it, whatever becomes of the run. */
export class Leftovers {
  readonly #remove: NonNullable<JobSpec['delete']> | null;
  readonly #timeoutMs: number;
  readonly #open = new Map<number, Accepted>();
  readonly #failed: string[] = [];

  constructor({ delete: remove, requestTimeout }: JobSpec) {
    this.#remove = remove ?? null;
    this.#timeoutMs = requestTimeout;
  }

  /** Those that could not be removed. */
  get failures(): { count: number; example: string } | null {
    const [example] = this.#failed;
    return example === undefined ? null : { count: this.#failed.length, example };
  }

  add(accepted: Accepted): void {
    if (this.#remove !== null) this.#open.set(accepted.job, accepted);
  }

  /** Removes one job, on an interrupted run too. */
  async remove(job: number, asking: Asking, signal?: AbortSignal): Promise<'yes' | 'no' | 'not-asked'> {
    const accepted = this.#open.get(job);
    if (accepted === undefined || this.#remove === null) return 'not-asked';
    this.#open.delete(job);
    const { wrong, transcript } = await ask(this.#remove, accepted.variables, asking, { timeoutMs: this.#timeoutMs, ...(signal === undefined ? {} : { signal }) });
    if (wrong === null) return 'yes';
    this.#failed.push(`${wrong}. ${told(transcript)}`);
    return 'no';
  }

  /** Removes what is left of a round, in bounded time. */
  async removeAll(asking: Asking): Promise<void> {
    const deadline = AbortSignal.timeout(LAST_CALL_MS);
    const jobs = [...this.#open.keys()];
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) await this.remove(job, asking, deadline);
      }),
    );
  }
}
