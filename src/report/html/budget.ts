/** How much of a record one file may hold. Tried in turn until the page is small enough; the record always has all of it. */
export interface Budget {
  /** Points of one series; 0 leaves the charts out. */
  points: number;
  /** Rows of one table. */
  rows: number;
  /** Characters of a sentence that may carry text of a service. */
  text: number;
  /** Characters of a scenario's source. */
  source: number;
  /** Jobs drawn of one encoder at one concurrency. */
  jobs: number;
  workloads: number;
}

export const BUDGETS: readonly Budget[] = [
  { points: 2_000, rows: 1_000, text: 2_000, source: 64_000, jobs: 240, workloads: 1_000 },
  { points: 500, rows: 400, text: 600, source: 16_000, jobs: 120, workloads: 1_000 },
  { points: 120, rows: 150, text: 300, source: 4_000, jobs: 40, workloads: 200 },
  { points: 0, rows: 60, text: 200, source: 1_000, jobs: 12, workloads: 60 },
];

/** 1.5 MB: what mail, artefact viewers and browsers take without complaint. */
export const MOST_BYTES = 1_500_000;
