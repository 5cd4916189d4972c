import type { RequestSpec } from '../../http/schema.ts';
import { formatMs, formatNumber } from '../../../units.ts';
import { hasEnded, Jobs, type Standing } from '../jobs.ts';
import type { Check, Talk } from '../talk.ts';

/** The better of two: other work on the machine makes a run slower and never faster. */
const RUNS = 2;

/** A file n times as long takes n times as long, unless its parts are processed at once. */
export const split: Check<'split'> = async ({ short, long, times, speedup }, talk, { spec, signal }) => {
  if (spec.job === undefined) return talk.found('');
  const jobs = new Jobs(spec.job, talk);
  try {
    const best = { short: Infinity, long: Infinity };
    for (let run = 0; run < RUNS && !signal.aborted; run += 1) {
      for (const [which, request] of [['short', short], ['long', long]] as const) {
        const tookMs = await timed(request, run > 0, jobs, talk, signal);
        if (tookMs === null) return talk.found('');
        best[which] = Math.min(best[which], tookMs);
      }
    }
    const gained = (times * best.short) / best.long;
    const seen = `a file ${formatNumber(times)} times as long took ${formatMs(best.long)}, the short one ${formatMs(best.short)}`;
    talk.needs(gained >= speedup, `${seen}: ${formatNumber(gained)} times faster than one part after the other, at least ${formatNumber(speedup)} is asked for`);
    return talk.found(`${seen}: ${formatNumber(gained)} times faster than one part after the other`);
  } finally {
    await jobs.remove();
  }
};

/** From the submit to the end, in ms; null where it did not end well, which is noted. */
async function timed(request: RequestSpec, quiet: boolean, jobs: Jobs, talk: Talk, signal: AbortSignal): Promise<number | null> {
  const startedAt = performance.now();
  const handed = await jobs.submit(request, { quiet });
  talk.needs(handed.type === 'taken', `the submit was not taken: ${handed.type === 'refused' ? (handed.reply.wrong ?? '') : ''}`);
  if (handed.type === 'refused') return null;
  const seen: Standing[] = [];
  const ended = await jobs.follow([handed.job], ([standing = 'gone']) => hasEnded(standing) && seen.push(standing) > 0, signal);
  const tookMs = performance.now() - startedAt;
  talk.needs(ended, `a job had not ended after ${formatMs(jobs.timeoutMs)}`);
  talk.needs(!ended || seen[0] === 'done', `a job ended ${seen[0] ?? ''}`);
  return seen[0] === 'done' ? tookMs : null;
}
