import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { EncodeJob } from '../../record/schema.ts';
import type { WorkloadContext } from '../contract.ts';
import { decodeArguments, encodeArguments, outputPaths } from './args.ts';
import type { Assessor } from './assess.ts';
import { runBatch, type BatchJob } from './batch.ts';
import { inOrderOfRound, subjectOf, titleOf, type EncodeCase } from './cases.ts';
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
  assessor: Assessor;
}

/** How much of the clip the discarded first encode takes. */
const WARM_UP_SECONDS = 2;

/** One short encode with each encoder, discarded: caches, clocks and the GPU wake up outside the measurement. */
export async function warmUp({ spec, prepared, folder, signal, progress }: EncodeSetup): Promise<void> {
  for (const encoder of prepared.available) {
    progress({ phase: `warm-up ${encoder}`, done: 0 });
    const outputPath = join(folder, 'warm-up.mp4');
    const args = encodeArguments({ output: spec.output, threads: 'auto', inputPath: prepared.clip.path, encoder, outputPath, onlySeconds: WARM_UP_SECONDS });
    await encodeOnce({ ffmpeg: prepared.ffmpeg.path, args, outputPath, timeoutMs: spec.timeout, stallMs: spec.stallTimeout, signal });
    for (const path of outputPaths({ output: spec.output, outputPath })) await rm(path, { force: true });
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
  const { spec, prepared, signal, assessor } = setup;
  const removals: Promise<void>[] = [];
  let kept: string | null = null;
  const startedAt = performance.now();
  const batch = await runBatch(each.jobs, each.concurrency, signal, async (job) => {
    const { args, outputPath, moreOutputs } = commandOf(setup, each, round, job);
    const outcome = await encodeOnce({
      ffmpeg: prepared.ffmpeg.path,
      args,
      outputPath,
      moreOutputs,
      clipFrames: prepared.clip.frames,
      timeoutMs: spec.timeout,
      stallMs: spec.stallTimeout,
      signal,
      onProgress: (block) => tracker.frames(job, block.frame ?? 0),
    });
    tracker.jobEnded(job);
    removals.push(...moreOutputs.map((path) => rm(path, { force: true })));
    if (outputPath !== null) {
      // One output is looked at afterwards; the others go at once. Not awaited: the next job starts now.
      if (kept === null && outcome.status === 'encoded' && assessor.wanted) kept = outputPath;
      else removals.push(rm(outputPath, { force: true }));
    }
    return outcome;
  });
  const endedAt = performance.now();
  await Promise.all(removals);
  const quality = kept === null ? null : await assessor.assess(kept, subjectOf(each), round);
  if (kept !== null) await rm(kept, { force: true });
  const jobs = batch.jobs.flatMap((job) => jobRecord(each, round, job));
  const [first] = batch.jobs;
  return {
    case: each,
    round,
    jobs,
    makespanMs: jobs.length === each.jobs ? batch.makespanMs : null,
    points: each.jobs === 1 && first?.result.status === 'encoded' ? first.result.points : [],
    quality,
    span: { startedAt, endedAt },
  };
}

function commandOf({ spec, prepared, folder }: EncodeSetup, each: EncodeCase, round: number, job: number): { args: string[]; outputPath: string | null; moreOutputs: string[] } {
  const inputPath = prepared.clip.path;
  const { threads, decoder } = each;
  if (each.work === 'decode') return { args: decodeArguments({ inputPath, threads, decoder }), outputPath: null, moreOutputs: [] };
  const outputPath = join(folder, `${each.encoder}-${round}-${job}.mp4`);
  return { args: encodeArguments({ output: spec.output, encoder: each.encoder, threads, decoder, inputPath, outputPath }), outputPath, moreOutputs: outputPaths({ output: spec.output, outputPath }).slice(1) };
}

function jobRecord(each: EncodeCase, round: number, { job, worker, startMs, endMs, result }: BatchJob<EncodeOutcome>): EncodeJob[] {
  const base = { round, encoder: subjectOf(each), concurrency: each.concurrency, job, worker, startMs, endMs };
  switch (result.status) {
    case 'interrupted':
      return [];
    case 'encoded': {
      const { wallMs, cpuMs, peakMemoryBytes, firstOutputMs, frames, outputBytes } = result;
      return [{ ...base, wallMs, cpuMs, peakMemoryBytes, firstOutputMs, frames, outputBytes: each.work === 'decode' ? null : outputBytes, failure: null }];
    }
    case 'failed': {
      const { cause, reason, remedy } = result.failure;
      const nothing = { cpuMs: null, peakMemoryBytes: null, firstOutputMs: null, outputBytes: null };
      return [{ ...base, wallMs: result.wallMs, ...nothing, frames: result.frames, failure: { cause, message: reason, remedy } }];
    }
  }
}
