import { formatMs } from '../../../units.ts';
import { hasEnded, Jobs, type CheckJob, type Standing } from '../jobs.ts';
import type { Check, Talk } from '../talk.ts';

/** One job more than may be at work: it waits, and every one is done in the end. */
export const queueLimit: Check<'queueLimit'> = async ({ limit }, talk, { spec, signal }) => {
  if (spec.job === undefined) return talk.found('');
  const jobs = new Jobs(spec.job, talk);
  try {
    const all = await jobs.submitAll(limit + 1);
    const seen = new AtWork(limit);
    let last: readonly Standing[] = [];
    const ended = await jobs.follow(all, (standings) => {
      seen.look(standings);
      last = standings;
      return standings.every(hasEnded);
    }, signal);
    const next = nth(limit + 1);
    talk.needs(seen.most <= limit, `${seen.most} jobs were at work at once, the limit is ${limit}`);
    talk.needs(seen.most >= limit, `no more than ${seen.most} of ${all.length} jobs were at work at once: the limit of ${limit} was not reached; use longer jobs`);
    talk.needs(seen.most !== limit || seen.waited, `the ${next} job was never seen waiting while ${limit} were at work`);
    talk.needs(ended, `${last.filter((standing) => !hasEnded(standing)).length} of ${all.length} jobs had not ended after ${formatMs(jobs.timeoutMs)}`);
    for (const standing of ['gone', 'failed'] as const) talk.needs(!last.includes(standing), `of ${all.length} jobs ${last.filter((each) => each === standing).length} ${standing === 'gone' ? 'are not known any more' : 'failed'}`);
    const [first] = all;
    if (first !== undefined) await jobs.standing(first, { quiet: false });
    return talk.found(`${limit} jobs at work at once, the ${next} waited, all ${all.length} done`);
  } finally {
    await jobs.remove();
  }
};

/** How many jobs are at work at once. Answers of one sweep are not of one moment: only who is at work in two sweeps was at work between them. */
class AtWork {
  readonly #limit: number;
  #before: readonly Standing[] = [];
  most = 0;
  waited = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  look(standings: readonly Standing[]): void {
    const both = standings.filter((standing, job) => standing === 'working' && this.#before[job] === 'working').length;
    this.most = Math.max(this.most, both);
    if (both === this.#limit && standings.at(-1) === 'waiting') this.waited = true;
    this.#before = standings;
  }
}

/** Started while others of normal priority wait, a job of high priority must begin before them. */
export const priority: Check<'priority'> = async ({ high, behind }, talk, { spec, signal }) => {
  if (spec.job === undefined) return talk.found('');
  const jobs = new Jobs(spec.job, talk);
  try {
    const waiting = await queueUp(jobs, behind, talk, signal);
    if (waiting.length < behind) return talk.found('');
    const handed = await jobs.submit(high, { quiet: false });
    talk.needs(handed.type === 'taken', `the job of high priority was not taken: ${handed.type === 'refused' ? (handed.reply.wrong ?? '') : ''}`);
    if (handed.type === 'refused') return talk.found('');
    let left = 0;
    const until = performance.now() + jobs.timeoutMs;
    for (;;) {
      // The high one first: where nothing overtakes, all of the others have begun before it is seen to.
      const standing = await jobs.standing(handed.job);
      if (standing !== 'waiting') {
        left = (await jobs.standings(waiting)).filter((each) => each === 'waiting').length;
        await jobs.standing(handed.job, { quiet: false });
        break;
      }
      if (performance.now() > until || signal.aborted) {
        talk.needs(false, `the job of high priority still waits after ${formatMs(jobs.timeoutMs)}`);
        return talk.found('');
      }
    }
    talk.needs(left * 2 >= behind, `of ${behind} jobs that waited when the one of high priority came, ${behind - left} began before it`);
    return talk.found(`begun while ${left} of the ${behind} that had waited longer still wait`);
  } finally {
    await jobs.remove();
  }
};

const MOST_SUBMITTED = 200;

/** Submits until so many wait; which. */
async function queueUp(jobs: Jobs, behind: number, talk: Talk, signal: AbortSignal): Promise<CheckJob[]> {
  const all: CheckJob[] = [];
  let waiting: CheckJob[] = [];
  while (waiting.length < behind && all.length < MOST_SUBMITTED && !signal.aborted) {
    const more = await jobs.submitAll(behind - waiting.length);
    if (more.length === 0) return [];
    all.push(...more);
    const standings = await jobs.standings(all);
    waiting = all.filter((_, index) => standings[index] === 'waiting');
  }
  talk.needs(waiting.length >= behind, `of ${all.length} jobs no more than ${waiting.length} waited: use longer ones`);
  return waiting.slice(-behind);
}

function nth(count: number): string {
  const [tens, ones] = [count % 100, count % 10];
  if (tens >= 11 && tens <= 13) return `${count}th`;
  return `${count}${ones === 1 ? 'st' : ones === 2 ? 'nd' : ones === 3 ? 'rd' : 'th'}`;
}
