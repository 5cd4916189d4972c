import { basename } from 'node:path';
import { HEALTH_LIMITS } from '../../load/health.ts';
import type { Finding } from '../../record/schema.ts';
import { formatMs, formatShare } from '../../units.ts';
import { skewFinding } from '../merge/skew.ts';
import type { ScriptFigures } from './tally.ts';

/** What became of one segment's file. */
export interface SegmentFile {
  file: string;
  /** Of its first point, by its own clock; null without one. */
  startMs: number | null;
  /** How long its k6 wrote something, by its own clock. */
  aliveMs: number;
  torn: boolean;
  thresholds: readonly string[];
}

const invalid = (code: string, message: string, remedy: string): Finding => ({ severity: 'invalid', code, message, remedy });

/** Whether the merged figures of a script can be trusted. What rate was planned is the script's own affair; what it dropped is not. Pure. */
export function scriptFindings(figures: ScriptFigures, files: readonly SegmentFile[], segments: number): Finding[] {
  const { iterations, dropped, requests, strangers, measuredMs } = figures;
  const silent = files.filter(({ startMs }) => startMs === null);
  return [
    ...(files.length < segments ? [invalid('k6-segment-missing', `${files.length} of ${segments} segments of k6 wrote something.`, 'What is there is not the whole load: read what k6 wrote to its log, and run again.')] : []),
    ...(iterations + (requests[0]?.sent ?? 0) === 0 ? [invalid('k6-no-samples', 'The script sent no request and ended no iteration in the measured time: there is not one sample.', 'Check that its warm-up is shorter than it runs, and read what k6 wrote to its log.')] : silent.map(({ file }) => invalid('k6-segment-silent', `${basename(file)} has no sample, while others have.`, 'That segment of k6 failed: read its log and run again.'))),
    ...files.filter(({ torn }) => torn).map(({ file }) => invalid('k6-file-torn', `${basename(file)} ends in the middle of a line.`, 'k6 was killed while it wrote: run again.')),
    ...(dropped > 0 ? [dropFinding(dropped, iterations)] : []),
    ...skewFinding(files.flatMap(({ startMs }) => startMs ?? []), measuredMs),
    ...(strangers.length > 0 ? [invalid('k6-other-host', `The script sent requests to ${strangers.length === 1 ? 'a host that is' : `${strangers.length} hosts that are`} not the target: ${strangers.slice(0, 3).join(', ')}.`, 'Send to BASE_URL alone: no other host was confirmed as a target.')] : []),
  ];
}

/** k6 writes every second. What is less than this short of its plan may be the last of them, or a slow start. */
const SHORT = { share: 0.05, ms: 2_000 };

/**
 * Segments that ended before their load did, where nobody saw how: aborted, or stopped. Pure.
 * @param plannedMs null where the script does not say how long it goes on
 */
export function shortFindings(files: readonly SegmentFile[], plannedMs: number | null): Finding[] {
  if (plannedMs === null) return [];
  const short = files.filter(({ startMs, aliveMs }) => startMs !== null && aliveMs < plannedMs * (1 - SHORT.share) - SHORT.ms);
  return short.map(({ file, aliveMs }) => invalid('k6-segment-short', `${basename(file)} ends after ${formatMs(aliveMs)} of a load of ${formatMs(plannedMs)}.`, 'That segment of k6 was aborted or stopped: read its log and run again.'));
}

function dropFinding(dropped: number, iterations: number): Finding {
  const share = dropped / (dropped + iterations);
  return {
    severity: share > HEALTH_LIMITS.droppedShare ? 'invalid' : 'warning',
    code: 'k6-dropped-iterations',
    message: `k6 dropped ${dropped} of ${dropped + iterations} iterations (${formatShare(share)}): no virtual user was free. They are in no percentile, which are the better for it.`,
    remedy: 'Raise maxVUs in the script, use more segments, or lower the rate.',
  };
}
