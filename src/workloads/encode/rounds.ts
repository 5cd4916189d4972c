import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { EncodeJob } from '../../record/schema.ts';
import type { WorkloadContext } from '../contract.ts';
import { encodeArguments } from './args.ts';
import { runBatch, type BatchJob } from './batch.ts';
import { inOrderOfRound, titleOf, type EncodeCase } from './cases.ts';
import { encodeOnce, type EncodeOutcome } from './encode-once.ts';
import type { Prepared } from './prepare.ts';
import type { EncodeSpec } from './schema.ts';
import type { CaseResult } from './summary.ts';
import { roundTracker, type RoundTracker } from './tracker.ts';

/** The setting of every encode of a workload. */
export interface EncodeSetup extends Pick<WorkloadContext, 'signal' | 'progress'> {
  spec: EncodeSpec;
  prepared: Prepared;
  cases: readonly EncodeCase[];
  /** Outputs go here, and are removed as soon as they are measured. */
  folder: string;
}

/** How much of the clip the discarded first encode takes. */
const WARM_UP_SECONDS = 2;

/** One short encode with each encoder, discarded: caches, clocks and the GPU wake up outside the measurement. */
export async function warmUp({ spec, prepared, folder, signal, progress }: EncodeSetup): Promise<void> {
  for (const encoder of prepared.available) {
    progress({ phase: `warm-up ${encoder}`, done: 0 });
    const outputPath = join(folder, 'warm-up.mp4');
    const args = encodeArguments({ ...common(spec, prepared), encoder, outputPath, onlySeconds: WARM_UP_SECONDS });
    await encodeOnce({ ffmpeg: prepared.ffmpeg.path, args, outputPath, timeoutMs: spec.timeout, stallMs: spec.stallTimeout, signal });
    await rm(outputPath, { force: true });
  }
}

/** Measures every case once. Results are handed over one by one: what was measured survives whatever comes after. */
export async function measureRound(setup: EncodeSetup, round: number, keep: (result: CaseResult) => void): Promise<void> {
  const { cases, prepared, progress, signal } = setup;
  const clipFrames = prepared.clip.frames;
  const framesInRound = cases.reduce((total, { jobs }) => total + jobs * clipFrames, 0);
  const tracker = roundTracker(framesInRound, clipFrames, progress);
  for (const each of inOrderOfRound(cases, round)) {
    if (signal.aborted) return;
    tracker.startCase(titleOf(each), each.jobs);
    keep(await measureCase(setup, each, round, tracker));
  }
}

async function measureCase(setup: EncodeSetup, each: EncodeCase, round: number, tracker: RoundTracker): Promise<CaseResult> {
  const { spec, prepared, folder, signal } = setup;
  const removals: Promise<void>[] = [];
  const batch = await runBatch(each.jobs, each.concurrency, signal, async (job) => {
    const outputPath = join(folder, `${each.encoder}-${round}-${job}.mp4`);
    const outcome = await encodeOnce({
      ffmpeg: prepared.ffmpeg.path,
      args: encodeArguments({ ...common(spec, prepared), encoder: each.encoder, outputPath }),
      outputPath,
      clipFrames: prepared.clip.frames,
      timeoutMs: spec.timeout,
      stallMs: spec.stallTimeout,
      signal,
      onProgress: (block) => tracker.frames(job, block.frame ?? 0),
    });
    tracker.jobEnded(job);
    // Not awaited here: the next job starts now.
    removals.push(rm(outputPath, { force: true }));
    return outcome;
  });
  await Promise.all(removals);
  const jobs = batch.jobs.flatMap((job) => jobRecord(each, round, job));
  const complete = jobs.length === each.jobs;
  const [first] = batch.jobs;
  return {
    case: each,
    round,
    jobs,
    makespanMs: complete ? batch.makespanMs : null,
    points: each.jobs === 1 && first?.result.status === 'encoded' ? first.result.points : [],
  };
}

const common = (spec: EncodeSpec, { clip }: Prepared): Pick<Parameters<typeof encodeArguments>[0], 'output' | 'threads' | 'inputPath'> => ({
  output: spec.output,
  threads: spec.threads,
  inputPath: clip.path,
});

function jobRecord({ encoder, concurrency }: EncodeCase, round: number, { job, worker, startMs, endMs, result }: BatchJob<EncodeOutcome>): EncodeJob[] {
  const base = { round, encoder, concurrency, job, worker, startMs, endMs };
  switch (result.status) {
    case 'interrupted':
      return [];
    case 'encoded': {
      const { wallMs, cpuMs, peakMemoryBytes, firstOutputMs, frames, outputBytes } = result;
      return [{ ...base, wallMs, cpuMs, peakMemoryBytes, firstOutputMs, frames, outputBytes, failure: null }];
    }
    case 'failed': {
      const { cause, reason, remedy } = result.failure;
      const nothing = { cpuMs: null, peakMemoryBytes: null, firstOutputMs: null, outputBytes: null };
      return [{ ...base, wallMs: result.wallMs, ...nothing, frames: result.frames, failure: { cause, message: reason, remedy } }];
    }
  }
}
