import type { K6Detail } from '../../../record/schema.ts';
import { formatBytes, formatNumber } from '../../../units.ts';
import type { Budget } from '../budget.ts';
import { folded, table } from '../parts.ts';
import { html, type Html } from '../template.ts';

/** What the processes of k6 used of this machine; nothing where they ran elsewhere. */
export function generators(segments: NonNullable<K6Detail['segments']>, budget: Budget): Html {
  if (segments.length === 0) return html``;
  const cores = (value: number | null): string => (value === null ? 'not known' : formatNumber(value));
  const columns = [{ title: 'round', numeric: true }, { title: 'segment', numeric: true }, { title: 'cores', numeric: true }, { title: 'busiest second', numeric: true }, { title: 'peak memory', numeric: true }];
  const rows = segments.map((each) => [String(each.round + 1), String(each.segment + 1), cores(each.cpuMeanCores), cores(each.cpuMaxCores), each.peakMemoryBytes === null ? 'not known' : formatBytes(each.peakMemoryBytes)]);
  return folded('What k6 itself used', table(columns, rows, budget));
}
