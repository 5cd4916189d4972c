import type { Unit } from './schema.ts';

/** Trends as reports show them: what compare/ computes from stored sessions and runs. */

export interface HistoryPoint {
  runId: string;
  startedAt: string;
  value: number;
  /** Lowest and highest round. */
  low: number;
  high: number;
  commit: string | null;
  /** Whether it is stored as a session; otherwise it is a run that did not join (it failed, or was not compared). */
  stored: boolean;
}

/** A place where the series changed for good: the first point after it, and the medians on either side up to the next changes. */
export interface HistoryChange {
  index: number;
  before: number;
  after: number;
  pValue: number;
}

/** One metric of one workload, as one content of its scenario was measured on one machine; oldest first. */
export interface HistorySeries {
  scenario: string;
  sha256: string;
  profile: string;
  target: string | null;
  workload: string;
  /** Metric key. */
  metric: string;
  unit: Unit;
  better: 'lower' | 'higher';
  points: readonly HistoryPoint[];
  changes: readonly HistoryChange[];
}
