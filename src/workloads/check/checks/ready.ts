import { setTimeout as sleep } from 'node:timers/promises';
import { formatMs } from '../../../units.ts';
import { Jobs, POLL_MS, type Handed } from '../jobs.ts';
import { outcomeOf, statusOf, type Check } from '../talk.ts';

const REFUSALS = [429, 503];
/** A worker that becomes free between two refusals makes the service ready for a moment, and rightly. */
const ATTEMPTS = 10;

/** The ready probe between two refused submits must say no, and yes once there is room again. */
export const ready: Check<'ready'> = async ({ path, jobs: most, recovery }, talk, { spec, signal }) => {
  if (spec.job === undefined) return talk.found('');
  const before = await talk.send({ path });
  talk.needs(isReady(statusOf(before)), `${path} is answered ${outcomeOf(before)} before there is any load`);
  const jobs = new Jobs(spec.job, talk);
  const refused = (handed: Handed): boolean => handed.type === 'refused' && REFUSALS.includes(statusOf(handed.reply));
  let taken = 0;
  let seen = '';
  try {
    let last = await jobs.submit();
    for (taken = 0; last.type === 'taken' && taken + 1 < most && !signal.aborted; taken += 1) last = await jobs.submit();
    talk.needs(refused(last), last.type === 'taken' ? `${most} jobs were taken and none refused: the queue has no limit that could be seen` : `beyond the limit of the queue a submit is answered ${outcomeOf(last.reply)} and not ${REFUSALS.join(' or ')}`);
    if (!refused(last)) return talk.found('');
    for (let attempt = 1; ; attempt += 1) {
      const probe = await talk.send({ path }, { quiet: true });
      seen = outcomeOf(probe);
      // Only what is said between two refusals says anything.
      const conclusive = !isReady(statusOf(probe)) || refused(await jobs.submit(undefined, { quiet: true })) || attempt === ATTEMPTS || signal.aborted;
      if (!conclusive) continue;
      talk.evidence.push(probe.transcript);
      talk.needs(!isReady(statusOf(probe)), `while submits are refused, ${path} is still answered ${seen}`);
      break;
    }
  } finally {
    await jobs.remove();
  }
  const removedAt = performance.now();
  for (;;) {
    const after = await talk.send({ path }, { quiet: true });
    const tookMs = performance.now() - removedAt;
    if (isReady(statusOf(after))) return talk.found(`after ${taken} jobs a submit is refused and ${path} answered ${seen}; ready again ${formatMs(tookMs)} after they were removed`);
    if (tookMs > recovery || signal.aborted) {
      talk.needs(false, `${formatMs(tookMs)} after the jobs were removed ${path} is still answered ${outcomeOf(after)}`);
      return talk.found('');
    }
    await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
};

const isReady = (status: number): boolean => status >= 200 && status < 300;
