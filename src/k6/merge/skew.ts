import type { Finding } from '../../record/schema.ts';
import { formatMs } from '../../units.ts';

const SKEW = { warnMs: 500, invalidMs: 2_000, invalidShare: 0.05 };

/** Segments that did not begin together. @param startsMs of each, by its own clock */
export function skewFinding(startsMs: readonly number[], durationMs: number): Finding[] {
  const skewMs = Math.max(...startsMs) - Math.min(...startsMs);
  if (startsMs.length < 2 || skewMs <= SKEW.warnMs) return [];
  const severity = skewMs > Math.max(SKEW.invalidMs, SKEW.invalidShare * durationMs) ? 'invalid' : 'warning';
  return [
    {
      severity,
      code: 'k6-start-skew',
      message: `The segments began up to ${formatMs(skewMs)} apart by their own clocks: the load was not what was planned, or the clocks differ.`,
      remedy: 'Start the segments together; on a cluster, keep the clocks of the nodes in step.',
    },
  ];
}
