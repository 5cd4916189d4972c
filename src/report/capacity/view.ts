import type { Mark } from '../marks.ts';
import type { Chart } from '../html/chart.ts';

/** A record of capacity as people read it, the same in every format. Text of services and files is in it as it came. */
export interface CapacityView {
  /** `Capacity of my-api/status` */
  title: string;
  mark: Mark;
  sentence: string;
  /** Below the sentence: what gave way, what to do next. */
  notes: string[];
  facts: [string, string][];
  tables: ViewTable[];
  charts: ViewChart[];
  /** The record's file, beside the report. */
  file: string;
  command: string;
  readybench: string;
}

export interface ViewTable {
  title: string;
  /** `role`: where it stands on a narrow screen, as html/parts.ts says. */
  columns: { title: string; right?: boolean; keep?: number; role?: 'prose' | 'title' | 'outcome' }[];
  rows: string[][];
  notes: string[];
}

export interface ViewChart {
  chart: Chart;
  title: string;
  note: string;
}
