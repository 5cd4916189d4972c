import { z } from 'zod';
import { bytes, count, durationMs, name, needs, share } from '../fields.ts';

/** What a deployment must bear: the `capacity` section, which `bench capacity plan` turns into servers and cost. */

/** One figure, or from and to. */
function fromTo(one: z.ZodType<number>, wanted: string) {
  return z
    .union([one.transform((value): [number, number] => [value, value]), z.tuple([one, one])], { error: (issue) => needs(`${wanted}, or two: from and to`, issue.input) })
    .refine(([from, to]) => from <= to, { error: (issue) => needs('from and to in rising order', issue.input) });
}

/** More of them than anybody makes: a slip of the pen, and figures that overflow. */
const MOST_A_DAY = 1e9;
const wantedVolume = `a number of videos above 0 and up to ${MOST_A_DAY.toLocaleString('en-US')}`;
const volumeError = (issue: { input?: unknown }): string => needs(wantedVolume, issue.input);
const volume = z.number({ error: volumeError }).positive({ error: volumeError }).max(MOST_A_DAY, { error: volumeError });

const peakError = (issue: { input?: unknown }): string => needs('a number from 1 to 24', issue.input);

export const deployment = z.strictObject({
  description: z.string().optional().describe('for people; shown in the plan'),
  video: z
    .strictObject({
      duration: durationMs.refine((ms) => ms > 0, { error: 'must be above 0' }).describe('how long it runs'),
      height: count(16, 16_384).optional().describe('of its picture, in lines'),
    })
    .optional()
    .describe('what a video is: figures of others are planned with only where there are none of these, and with a warning'),
  videosPerDay: fromTo(volume, wantedVolume).describe('volume of a day: 50, or from and to, [10, 50]'),
  peakFactor: z.number({ error: peakError }).min(1, { error: peakError }).max(24, { error: peakError }).describe('videos of the busiest hour by those of the mean hour of the day; 24 where all come in one hour'),
  growthPerMonth: share.prefault('0%').describe('of the volume'),
  months: count(1, 120).default(12).describe('how far ahead growth is looked at'),
  headroom: share
    .refine((value) => value <= 0.95, { error: 'leaves next to nothing of a server: must be at most 95%' })
    .prefault('30%')
    .describe('share of each server that stays free in the busiest hour'),
  spare: count(0, 1_000).default(1).describe('servers on top, for one that fails or is taken out'),
  retention: durationMs.refine((ms) => ms > 0, { error: 'must be above 0' }).optional().describe('how long finished videos are kept; without it for ever'),
  concurrent: fromTo(count(1, 100_000), 'a whole number of at least 1').optional().describe('videos that users are expected to submit at once'),
  storagePerWeek: fromTo(bytes, 'a size').optional().describe('growth that is expected, to hold the measured one against'),
});

export const capacity = z.record(name, deployment).refine((all) => Object.keys(all).length > 0, { error: 'names no deployment' });

export type Deployment = z.infer<typeof deployment>;
