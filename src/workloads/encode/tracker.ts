import { formatNumber } from '../../units.ts';
import type { Progress } from '../contract.ts';

const LEAST_MS_BETWEEN = 500;

/** Adds up the frames of a round, job by job, and reports them at most twice a second. */
export interface RoundTracker {
  startCase(title: string, jobs: number): void;
  frames(job: number, frames: number): void;
  jobEnded(job: number): void;
}

/** `framesInRound`: what a whole round encodes. */
export function roundTracker(framesInRound: number, clipFrames: number, report: (progress: Progress) => void, now: () => number = () => performance.now()): RoundTracker {
  let framesBefore = 0;
  let current = { title: '', jobs: 0, ended: 0, startedMs: 0, byJob: new Map<number, number>() };
  let reportedMs = Number.NEGATIVE_INFINITY;
  const inCase = (): number => [...current.byJob.values()].reduce((total, frames) => total + frames, 0);
  const say = (): void => {
    const nowMs = now();
    if (nowMs - reportedMs < LEAST_MS_BETWEEN) return;
    reportedMs = nowMs;
    const frames = inCase();
    const seconds = (nowMs - current.startedMs) / 1_000;
    report({
      phase: current.jobs === 1 ? current.title : `${current.title} ${current.ended}/${current.jobs}`,
      done: Math.min(1, (framesBefore + frames) / Math.max(1, framesInRound)),
      ...(frames === 0 || seconds <= 0 ? {} : { figure: `fps ${formatNumber(Math.round(frames / seconds))}` }),
    });
  };
  return {
    startCase(title, jobs) {
      // A job that failed is done all the same.
      framesBefore += current.jobs * clipFrames;
      current = { title, jobs, ended: 0, startedMs: now(), byJob: new Map() };
      say();
    },
    frames(job, frames) {
      current.byJob.set(job, frames);
      say();
    },
    jobEnded(job) {
      current.ended += 1;
      current.byJob.set(job, clipFrames);
      say();
    },
  };
}
