import { BenchError, EXIT } from '../../errors.ts';
import { videoWords, type PlannedVideo } from '../../record/plan.ts';
import type { DeploymentSpec } from './make-plan.ts';

/** Lengths and heights this close are the same: containers round to frames, encoders to blocks. */
const CLOSE = 0.05;

/** How far measured videos are from the deployment's. */
export interface Likeness {
  unlike: number;
  unknown: number;
}

/** Nothing is unlike where nothing was wanted. */
export function likeness(made: PlannedVideo, wanted: PlannedVideo | null): Likeness {
  const pairs = wanted === null ? [] : ([[made.durationMs, wanted.durationMs], [made.height, wanted.height]] as const);
  const asked = pairs.flatMap(([is, should]) => (should === null ? [] : [{ is, should }]));
  return { unlike: asked.filter(({ is, should }) => is !== null && Math.abs(is / should - 1) > CLOSE).length, unknown: asked.filter(({ is }) => is === null).length };
}

/** Below 0: the first is the better stand-in. */
export const nearer = (a: Likeness, b: Likeness): number => a.unlike - b.unlike || a.unknown - b.unknown;

/** What the chosen deployments say a video is; null where none does. Throws a BenchError (2) where they differ: one figure cannot be of both. */
export function wantedVideo(deployments: readonly (readonly [string, DeploymentSpec])[]): PlannedVideo | null {
  const said = deployments.flatMap(([name, { video }]) => (video === undefined ? [] : [{ name, video: { durationMs: video.duration, height: video.height ?? null } }]));
  const [first] = said;
  const other = said.find(({ video }) => video.durationMs !== first?.video.durationMs || video.height !== first.video.height);
  if (first === undefined || other === undefined) return first?.video ?? null;
  throw new BenchError(EXIT.usage, `${first.name} and ${other.name} are of different videos: ${videoWords(first.video)}, ${videoWords(other.video)}`, { hint: 'Plan them one at a time with --deployment.' });
}

/** Why what was measured may not stand for the deployment's videos; null where it does, or where the deployment does not say. */
export function videoCaution(what: string, { workload, video }: { workload: string; video: PlannedVideo }, wanted: PlannedVideo | null): string | null {
  if (wanted === null) return null;
  const { unlike, unknown } = likeness(video, wanted);
  if (unlike > 0) return `${what} of videos that are not the deployment's: ${workload} made ${videoWords(video)}, the deployment's are ${videoWords(wanted)}. Measure those in a profile or a workload of their own, or name runs of them with --from, before anything is bought by these figures.`;
  if (unknown > 0) return `${what} of videos of which it is not known whether they are like the deployment's (${videoWords(wanted)}): ${workload} does not say what it makes (job.fetch.verify.video), or the scenario has changed since it was run.`;
  return null;
}
