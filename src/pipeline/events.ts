import type { Progress } from '../workloads/contract.ts';

/** What a run says while it goes on. The command line draws it; nothing of it is stored. */
export type RunEvent =
  | { type: 'stage'; text: string }
  | { type: 'note'; text: string }
  /** `withinMs`: it ends by then, from now on, whatever the estimates say. */
  | { type: 'planned'; estimateMs: number; withinMs?: number }
  | { type: 'workload-started'; scenario: string; workload: string; round: number; rounds: number; fresh: boolean; estimateMs: number }
  | { type: 'progress'; progress: Progress }
  | { type: 'workload-finished'; scenario: string; workload: string; round: number; fresh: boolean; headline: string; durationMs: number };

export type Observer = (event: RunEvent) => void;
