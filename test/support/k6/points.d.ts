import type { K6Plan } from '../../../src/k6/plan.ts';

export function point(metric: string, timeMs: number, value: number, tags: Readonly<Record<string, string>>): string;
export function segmentName(index: number, of: number): string | null;
export interface SegmentLines {
  plan: K6Plan;
  segment: number;
  startMs?: number;
  latencyMs: (slot: number) => number;
  outcome?: (slot: number) => { outcome: string; status: number; why?: string };
  dropped?: (slot: number) => boolean;
  /** ms after the start at which the segment stops writing. */
  until?: number;
}
export function segmentLines(options: SegmentLines): Generator<string, void, undefined>;
