import { formatMs } from '../../../units.ts';
import { Jobs } from '../jobs.ts';
import type { Check, Talk } from '../talk.ts';
import type { CheckSpec, Spec } from '../schema.ts';

const PROBES = 20;

export const health: Check<'health'> = async ({ probes, limit, busy }, talk, { spec, signal }) => {
  const idle = await medians(probes, limit, '', talk);
  if (busy === undefined || spec.job === undefined) return talk.found(idle);
  const loaded = await whileBusy(spec.job, busy, probes, talk, signal);
  return talk.found(`${idle}; with the workers saturated: ${loaded}`);
};

/** Asks each probe: once for its shape, then for its latency. Says what was seen. */
async function medians(probes: Spec<'health'>['probes'], limit: number, when: string, talk: Talk): Promise<string> {
  const seen: string[] = [];
  for (const { path, expect } of probes) {
    const first = await talk.send({ path }, { expect });
    talk.needs(first.wrong === null, `${when}${path}: ${first.wrong ?? ''}`);
    const lengths: number[] = [];
    // Once more than half of them are beyond the limit, so is the median, whatever the others are.
    for (let beyond = 0; lengths.length < PROBES && beyond <= PROBES / 2; ) {
      const { durationMs } = (await talk.send({ path }, { quiet: true })).exchange;
      lengths.push(durationMs);
      if (durationMs > limit) beyond += 1;
    }
    const median = lengths.sort((a, b) => a - b)[Math.floor(lengths.length / 2)] ?? 0;
    seen.push(`${path} ${formatMs(median)}`);
    talk.needs(median <= limit, `${when}${path} takes ${formatMs(median)} (median of ${lengths.length}), the limit is ${formatMs(limit)}`);
  }
  return `as expected, median of ${PROBES}: ${seen.join(', ')}`;
}

async function whileBusy(job: NonNullable<CheckSpec['job']>, { jobs: count, limit }: NonNullable<Spec<'health'>['busy']>, probes: Spec<'health'>['probes'], talk: Talk, signal: AbortSignal): Promise<string> {
  const jobs = new Jobs(job, talk);
  try {
    const taken = await jobs.submitAll(count);
    const saturated = await jobs.follow(taken, (standings) => standings.includes('waiting') && standings.includes('working'), signal);
    talk.needs(saturated, `${count} jobs did not saturate the workers: none was seen waiting while another was at work; use more or longer ones`);
    if (!saturated) return '';
    const seen = await medians(probes, limit, 'with the workers saturated ', talk);
    const still = (await jobs.standings(taken)).some((standing) => standing === 'waiting' || standing === 'working');
    talk.needs(still, `the ${count} jobs had ended before the probes were asked: use more or longer ones`);
    return seen;
  } finally {
    await jobs.remove();
  }
}
