import type { HostRecord } from '../record/schema.ts';
import { formatMaybe, formatShare, metricPhrase } from './values.ts';
import { formatMs } from '../units.ts';

/** This machine in figures, as every report shows it. */
export function hostRows({ series }: HostRecord): { what: string; mean: string; worst: string }[] {
  return series.map(({ metric, unit, mean, worst }) => ({ what: metricPhrase(metric), mean: formatMaybe(mean, unit), worst: formatMaybe(worst, unit) }));
}

/** Where the figures come from and what it took to get them. */
export function hostNote({ source, everyMs, readings, cost }: HostRecord): string {
  const how = source === 'proc' ? '/proc' : 'systeminformation';
  return `${readings} looks by ${how}, one every ${formatMs(everyMs)}${cost === null ? '' : `; looking took ${formatShare(cost)} of one core`}`;
}
