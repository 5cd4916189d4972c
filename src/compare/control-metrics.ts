import { median } from 'simple-statistics';
import { metric } from '../record/metrics.ts';
import type { ControlRecord, Metric } from '../record/schema.ts';

/** The control's figures as metrics, to be stored with the session. */
export function controlMetrics({ rounds }: Pick<ControlRecord, 'rounds'>): Metric[] {
  if (rounds.length === 0) return [];
  const of = (id: string, values: number[]): Metric => metric(id, {}, median(values), values, values.length);
  return [of('control.kernel', rounds.map(({ kernelMs }) => kernelMs)), of('control.loopback', rounds.map(({ loopbackMs }) => loopbackMs))];
}
