import type { Labels } from '../../record/schema.ts';
import type { EncodeSpec, Encoder } from './schema.ts';

/** What is measured once a round: one encode, or a batch of them at one concurrency. */
export interface EncodeCase {
  encoder: Encoder;
  jobs: number;
  /** 1 for a single encode. */
  concurrency: number;
}

/** Every concurrency level of a workload with every encoder. */
export function casesOf(spec: Pick<EncodeSpec, 'jobs' | 'concurrency'>, encoders: readonly Encoder[], cores: number): EncodeCase[] {
  return levels(spec, cores).flatMap((concurrency) => encoders.map((encoder) => ({ encoder, jobs: spec.jobs, concurrency })));
}

/** Encodes at once, level by level; more workers than jobs are as many as there are jobs, and equal levels are one. */
export function levels({ jobs, concurrency }: Pick<EncodeSpec, 'jobs' | 'concurrency'>, cores: number): number[] {
  if (jobs === 1) return [1];
  const written = Array.isArray(concurrency) ? concurrency : [concurrency];
  return [...new Set(written.map((level) => Math.min(level === 'auto' ? cores : level, jobs)))];
}

/** The cases in the order of a round: each round starts one further, so that drift of the machine hits all of them alike. */
export function inOrderOfRound<T>(cases: readonly T[], round: number): T[] {
  const shift = cases.length === 0 ? 0 : round % cases.length;
  return [...cases.slice(shift), ...cases.slice(0, shift)];
}

export function labelsOf({ encoder, jobs, concurrency }: EncodeCase): Labels {
  return jobs === 1 ? { encoder } : { encoder, concurrency: String(concurrency) };
}

/** `libx264`, `libx264 ×2`: for people. */
export function titleOf({ encoder, jobs, concurrency }: EncodeCase): string {
  return jobs === 1 ? encoder : `${encoder} ×${concurrency}`;
}
