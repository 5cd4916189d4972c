import type { PlannedVideo } from '../record/plan.ts';
import type { LoadedScenario } from '../scenario/load.ts';
import { identityOf } from '../scenario/identity.ts';
import type { Workload } from '../workloads/schemas.ts';

/** What the workloads of a profile make, by name, as far as the scenario says; empty where the scenario has changed since it was measured. Pure. */
export function videosMade({ scenario: { published }, variants }: LoadedScenario, { profile, sha256 }: { profile: string; sha256: string }): Map<string, PlannedVideo> {
  const only = published.profiles[profile]?.only;
  const workloads = (variants[profile]?.published ?? published.workloads).filter(({ name }) => only === undefined || only.includes(name));
  if (identityOf(workloads) !== sha256) return new Map();
  return new Map(
    workloads.flatMap((workload) => {
      const video = madeBy(workload);
      return video === null ? [] : [[workload.name, video] as const];
    }),
  );
}

function madeBy(workload: Workload): PlannedVideo | null {
  if ('job' in workload) {
    const { duration, height } = workload.job.fetch?.verify.video ?? {};
    return { durationMs: duration ?? null, height: height ?? null };
  }
  if (!('encode' in workload)) return null;
  const { renditions, height } = workload.encode.output;
  // The clip says its length itself, and its height where the output keeps it.
  return { durationMs: null, height: renditions === undefined ? (height ?? null) : Math.max(...renditions.map((each) => each.height)) };
}
