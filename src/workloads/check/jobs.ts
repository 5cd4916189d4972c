import { setTimeout as sleep } from 'node:timers/promises';
import type { Variables } from '../../load/template.ts';
import type { Reply } from '../dialogue/ask.ts';
import type { RequestSpec } from '../http/schema.ts';
import { holds, stateOf } from '../job/state.ts';
import { jsonOf, statusOf, type Talk } from './talk.ts';
import type { JobOfCheck } from './schema/jobs.ts';

/** Where a job stands; `gone`: the service knows it no more, or does not answer. */
export type Standing = 'waiting' | 'working' | 'done' | 'failed' | 'gone';

/** A job of a check that the service has taken. */
export interface CheckJob {
  /** From 1. */
  number: number;
  variables: Variables;
}

export type Handed = { type: 'taken'; job: CheckJob } | { type: 'refused'; reply: Reply };

export const POLL_MS = 30;
const AT_ONCE = 10;

export const hasEnded = (standing: Standing): boolean => standing === 'done' || standing === 'failed' || standing === 'gone';

/** The jobs that a check starts on the target; `remove` them whatever happens. */
export class Jobs {
  readonly #spec: JobOfCheck;
  readonly #talk: Talk;
  readonly #taken: CheckJob[] = [];
  #count = 0;

  constructor(spec: JobOfCheck, talk: Talk) {
    this.#spec = spec;
    this.#talk = talk;
  }

  get timeoutMs(): number {
    return this.#spec.timeout;
  }

  /** Submits one, as the scenario says or as `request` does. The first of each kind is kept as evidence, and every refusal. */
  async submit(request: RequestSpec = this.#spec.submit.request, { quiet = this.#count > 0 }: { quiet?: boolean } = {}): Promise<Handed> {
    this.#count += 1;
    const number = this.#count;
    const more = { job: number };
    const { expect, capture } = this.#spec.submit;
    const reply = await this.#talk.send(request, { expect, capture, more, quiet: true });
    if (!quiet || reply.wrong !== null) this.#talk.evidence.push(reply.transcript);
    if (reply.wrong !== null) return { type: 'refused', reply };
    const job = { number, variables: { ...more, ...reply.captured } };
    this.#taken.push(job);
    return { type: 'taken', job };
  }

  /** So many, one after the other; what was refused of them is noted as wrong. */
  async submitAll(count: number, request?: RequestSpec): Promise<CheckJob[]> {
    const jobs: CheckJob[] = [];
    for (let each = 0; each < count; each += 1) {
      const handed = await this.submit(request);
      if (handed.type === 'refused') {
        this.#talk.needs(false, `job ${each + 1} of ${count} was not taken: ${handed.reply.wrong ?? ''}`);
        break;
      }
      jobs.push(handed.job);
    }
    return jobs;
  }

  async standing(job: CheckJob, { quiet = true }: { quiet?: boolean } = {}): Promise<Standing> {
    const reply = await this.#talk.send(this.#spec.poll.request, { expect: this.#spec.poll.expect, more: job.variables, quiet });
    const status = { httpStatus: statusOf(reply), document: jsonOf(reply) };
    const state = stateOf(this.#spec.until, status);
    if (state.type === 'failed') return 'failed';
    if (reply.wrong !== null) return 'gone';
    if (state.type === 'done') return 'done';
    return holds(this.#spec.waiting, status) ? 'waiting' : 'working';
  }

  /** Where all of them stand, asked at once. */
  standings(jobs: readonly CheckJob[]): Promise<Standing[]> {
    return Promise.all(jobs.map((job) => this.standing(job)));
  }

  /** Asks until `enough` says so, or their time is over; false then. `enough` sees every answer. */
  async follow(jobs: readonly CheckJob[], enough: (standings: readonly Standing[]) => boolean, signal: AbortSignal): Promise<boolean> {
    const until = performance.now() + this.#spec.timeout;
    for (;;) {
      if (enough(await this.standings(jobs))) return true;
      if (performance.now() > until || signal.aborted) return false;
      await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Removes all that were taken, also after an interrupt. */
  async remove(): Promise<void> {
    const { delete: question } = this.#spec;
    const jobs = this.#taken.splice(0);
    if (question === undefined) return;
    // Those that came last wait: with them gone first, the workers are not handed what is about to go.
    jobs.reverse();
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) await this.#talk.send(question.request, { expect: question.expect, more: job.variables, quiet: true, whatever: true });
      }),
    );
  }
}
