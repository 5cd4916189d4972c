/** A piece of work that can be stopped. */
export interface Job {
  /** Higher ones overtake those that wait; equal ones keep their order. */
  priority: number;
  run(signal: AbortSignal): Promise<void>;
}

/** Runs jobs by priority, then in the order they came, `concurrency` at once. */
export class JobQueue {
  readonly concurrency: number;
  readonly limit: number;
  readonly #waiting: Job[] = [];
  readonly #active = new Map<Job, { controller: AbortController; ended: Promise<void> }>();
  #stopped = false;

  constructor(concurrency: number, limit: number) {
    this.concurrency = concurrency;
    this.limit = limit;
  }

  get length(): number {
    return this.#waiting.length;
  }

  get active(): number {
    return this.#active.size;
  }

  /** False where the queue is full, or stopped: the job will not run. */
  add(job: Job): boolean {
    return this.addAll([job]);
  }

  /** All of them, or none where there is no room for all. */
  addAll(jobs: readonly Job[]): boolean {
    const room = this.limit - this.#waiting.length + Math.max(0, this.concurrency - this.#active.size);
    if (this.#stopped || jobs.length > room) return false;
    for (const job of jobs) {
      const behind = this.#waiting.findIndex((other) => other.priority < job.priority);
      this.#waiting.splice(behind < 0 ? this.#waiting.length : behind, 0, job);
    }
    this.#next();
    return true;
  }

  isFull(): boolean {
    return this.#active.size >= this.concurrency && this.#waiting.length >= this.limit;
  }

  /** Takes a job out, whether it waits or runs. */
  cancel(job: Job): void {
    const index = this.#waiting.indexOf(job);
    if (index >= 0) this.#waiting.splice(index, 1);
    this.#active.get(job)?.controller.abort();
  }

  /** No further job starts; resolves when the running ones have ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#waiting.length = 0;
    for (const { controller } of this.#active.values()) controller.abort();
    await Promise.all([...this.#active.values()].map(({ ended }) => ended));
  }

  #next(): void {
    while (this.#active.size < this.concurrency) {
      const job = this.#waiting.shift();
      if (job === undefined) return;
      const controller = new AbortController();
      // In its own turn, so that whoever added it sees it queued first.
      const ended = Promise.resolve().then(() => job.run(controller.signal)).finally(() => {
        this.#active.delete(job);
        this.#next();
      });
      this.#active.set(job, { controller, ended });
    }
  }
}
