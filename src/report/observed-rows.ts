import type { ObservedSeries, WorkloadRecord } from '../record/schema.ts';
import { formatMaybe } from './values.ts';

/** What was read from the service during one workload, as every report shows it. */
export interface ObservedRow {
  name: string;
  take: string;
  figure: string;
  lowest: string;
  highest: string;
  query: string;
  /** Why there is no figure, or what was left out of it; each said once. */
  notes: string[];
}

export function observedRows({ observed = [] }: WorkloadRecord): ObservedRow[] {
  return observed.map((series) => {
    const values = series.rounds.flatMap(({ points }) => points.map(([, value]) => value));
    const edge = (of: (a: number, b: number) => number): string => formatMaybe(values.length === 0 ? null : values.reduce((a, b) => of(a, b)), series.unit);
    return {
      name: series.name,
      take: series.take,
      figure: series.value === null ? 'not measured' : formatMaybe(series.value, series.unit),
      lowest: edge(Math.min),
      highest: edge(Math.max),
      query: series.query,
      notes: notesOf(series),
    };
  });
}

function notesOf({ rounds }: ObservedSeries): string[] {
  return [...new Set(rounds.flatMap(({ problem }) => problem ?? []))];
}
