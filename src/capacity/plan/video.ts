import { BenchError, EXIT } from '../../errors.ts';
import { videoWords, type PlannedVideo } from '../../record/plan.ts';
import type { DeploymentSpec } from './make-plan.ts';
import type { StoredWorkload } from './sources.ts';

/** What videos are: of each workload by name, and of the deployment; null: it does not say. */
export interface Videos {
  made: ReadonlyMap<string, PlannedVideo>;
  wanted: PlannedVideo | null;
}

/** Videos of one workload. */
interface Made {
  workload: string;
  video: PlannedVideo;
}

export const NOT_KNOWN: PlannedVideo = { durationMs: null, height: null };

/** Lengths and heights this close are the same: containers round to frames, encoders to blocks. */
const CLOSE = 0.05;

/** How far measured videos are from others. */
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

/** Sorts what is nearest to the deployment's videos to the front. */
export function byLikeness({ wanted }: Videos): (a: { video: PlannedVideo }, b: { video: PlannedVideo }) => number {
  return (a, b) => {
    const [one, other] = [likeness(a.video, wanted), likeness(b.video, wanted)];
    return one.unlike - other.unlike || one.unknown - other.unknown;
  };
}

export const videoOf = ({ made }: Videos, workload: string): PlannedVideo => made.get(workload) ?? NOT_KNOWN;

/** What each workload makes, by name: as the scenario says; the clip of an encode says its length itself, and its height where the scenario is as it was. */
export function videosOf(said: ReadonlyMap<string, PlannedVideo>, workloads: readonly StoredWorkload[]): Map<string, PlannedVideo> {
  const encoded = workloads.flatMap(({ workload: { name, detail } }): [string, PlannedVideo][] =>
    detail.kind === 'encode' ? [[name, { durationMs: detail.clip.durationMs, height: said.has(name) ? (said.get(name)?.height ?? detail.clip.height) : null }]] : [],
  );
  return new Map([...said, ...encoded]);
}

/** What the chosen deployments say a video is; null where none does. Throws a BenchError (2) where they differ: one figure cannot be of both. */
export function wantedVideo(deployments: readonly (readonly [string, DeploymentSpec])[]): PlannedVideo | null {
  const said = deployments.flatMap(([name, { video }]) => (video === undefined ? [] : [{ name, video: { durationMs: video.duration, height: video.height ?? null } }]));
  const [first] = said;
  const other = said.find(({ video }) => video.durationMs !== first?.video.durationMs || video.height !== first.video.height);
  if (first === undefined || other === undefined) return first?.video ?? null;
  throw new BenchError(EXIT.usage, `${first.name} and ${other.name} are of different videos: ${videoWords(first.video)}, ${videoWords(other.video)}`, { hint: 'Plan them one at a time with --deployment.' });
}

/** Why what was measured may not stand for the deployment's videos; null where it does, or where the deployment does not say. */
export function videoCaution(what: string, { workload, video }: Made, wanted: PlannedVideo | null): string | null {
  if (wanted === null) return null;
  const { unlike, unknown } = likeness(video, wanted);
  if (unlike > 0) return `${what} of videos that are not the deployment's: ${workload} made ${videoWords(video)}, the deployment's are ${videoWords(wanted)}. Measure those in a profile or a workload of their own, or name runs of them with --from, before anything is bought by these figures.`;
  if (unknown > 0) return `${what} of videos of which it is not known whether they are like the deployment's (${videoWords(wanted)}): ${workload} does not say what it makes (job.fetch.verify.video), or the scenario has changed since it was run.`;
  return null;
}

/** Why figures of another workload than the one that servers are planned with may not go with them; null where they may. */
export function standInCaution(what: string, made: Made, server: Made, wanted: PlannedVideo | null): string | null {
  if (made.workload === server.workload) return null;
  if (wanted !== null) return videoCaution(what, made, wanted);
  const { unlike, unknown } = likeness(made.video, server.video);
  const known = server.video.durationMs !== null || server.video.height !== null;
  if (known && unlike === 0 && unknown === 0) return null;
  return `${what} of other videos than servers, as far as is known: ${made.workload} (${videoWords(made.video)}), ${server.workload} (${videoWords(server.video)}).`;
}
