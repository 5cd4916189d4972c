import { HEALTH_LIMITS } from '../../load/health.ts';
import type { Finding } from '../../record/schema.ts';
import { formatMs, formatShare } from '../../units.ts';
import { plannedArrivals } from '../curve.ts';
import { exceptionFindings } from '../log.ts';
import type { K6Part } from '../plan.ts';
import type { PartTally } from './part-tally.ts';
import { plannedWithin } from './planned.ts';
import type { SegmentPart } from './segment.ts';
import { skewFinding } from './skew.ts';

/** One part in one segment, by the name of its file. */
export interface SegmentOf {
  file: string;
  part: Pick<SegmentPart, 'points' | 'startMs' | 'lastMs' | 'shifted'>;
}

/** Of the planned iterations; where every one is counted, one in a hundred that is missing is worth knowing. */
const RATE = { warn: 1 - HEALTH_LIMITS.droppedShare, invalid: HEALTH_LIMITS.achievedShare.invalid } as const;
const RELIEVE = 'Use more segments or pods, or lower the rate.';

/** What all segments together sent of a part. */
export type Sent = Pick<PartTally, 'started' | 'dropped' | 'lost' | 'threw' | 'exception' | 'endMs'>;

/** Of the planned iterations. More than there are to send are of two runs, or one twice. */
const MOST_SHARE = 1.05;

/** Whether the merged figures of a part can be trusted: was the planned rate sent, by all segments, at the same time. Pure. */
export function partFindings(part: K6Part, tally: Sent, segments: readonly SegmentOf[]): Finding[] {
  const { load } = part;
  if (tally.started + tally.dropped === 0) {
    return [{ severity: 'invalid', code: 'k6-no-samples', message: 'k6 sent no request in the measured time: there is not one sample.', remedy: 'Read what k6 wrote to its log; check that the files are those of this plan.' }];
  }
  const silent = segments.filter(({ part: each }) => each.points === 0);
  const early = segments.filter(({ part: each }) => each.points > 0 && each.lastMs < tally.endMs - quietMs(part, segments.length));
  return [
    ...(load.model === 'closed' ? [] : [...rateFindings(part, tally), ...dropFindings(tally)]),
    ...exceptionFindings(tally.threw, tally.exception, tally.started),
    ...lostFindings(tally),
    ...skewFinding(segments.flatMap(({ part: { startMs } }) => startMs ?? []), load.durationMs),
    ...silent.map(({ file }) => invalid('k6-segment-silent', `${file} has no request of this workload, while others have.`, 'That segment of k6 failed: read its log and run again.')),
    ...segments.filter(({ part: each }) => each.shifted).map(({ file }) => invalid('k6-latencies-shifted', `${file} has more dropped iterations than later ones can be put right by.`, RELIEVE)),
    ...early.map(({ file, part: each }) => invalid('k6-segment-ended-early', `${file} ends ${formatMs(tally.endMs - each.lastMs)} before the measurement does.`, 'That segment of k6 died or was stopped: read its log and run again.')),
  ];
}

const invalid = (code: string, message: string, remedy: string): Finding => ({ severity: 'invalid', code, message, remedy });

/** How long a segment may be silent at its end: what lies between its arrivals, and what a slow answer takes. */
function quietMs({ load }: K6Part, segments: number): number {
  if (load.model === 'closed') return 2_000 + load.timeoutMs;
  const perSecond = plannedArrivals(load) / (load.durationMs / 1_000) / segments;
  const last = load.stages.at(-1);
  const endPerSecond = last === undefined ? perSecond : Math.min(perSecond, Math.max(last.toPerSecond, 0.001) / segments);
  // Of a few arrivals the last one can be long before the end.
  return Math.max(1_500 / endPerSecond, Math.min(load.durationMs / 2, 2_000 + 10_000 / endPerSecond));
}

function rateFindings(part: K6Part, { started, dropped }: Sent): Finding[] {
  const { least, planned, most } = plannedWithin(part);
  const due = started + dropped;
  if (due > most && due > MOST_SHARE * planned) return [invalid('k6-rate-exceeded', `There are ${due} iterations where ${Math.round(planned)} were planned (${formatShare(due / planned)}).`, 'Points were counted twice, or are of two runs: give the files of one run, each once and as k6 wrote it.')];
  const achieved = started / planned;
  if (started >= least || achieved >= RATE.warn) return [];
  return [{ severity: achieved < RATE.invalid ? 'invalid' : 'warning', code: 'k6-rate-not-reached', message: `k6 started ${started} of ${Math.round(planned)} planned iterations (${formatShare(achieved)}).`, remedy: RELIEVE }];
}

/** What was begun and never ended has no figure: it can be the slowest. */
function lostFindings({ lost, started }: Sent): Finding[] {
  if (lost <= 0) return [];
  const share = lost / Math.max(1, started);
  return [
    {
      severity: share > HEALTH_LIMITS.droppedShare ? 'invalid' : 'warning',
      code: 'k6-iterations-lost',
      message: `Of ${started} iterations that were begun, ${lost} (${formatShare(share)}) have no end: they were cut off, or their points are missing.`,
      remedy: 'Read what k6 wrote to its log, and collect its files only when it has ended.',
    },
  ];
}

function dropFindings(tally: Sent): Finding[] {
  if (tally.dropped === 0) return [];
  const share = tally.dropped / (tally.started + tally.dropped);
  const severity = share > HEALTH_LIMITS.droppedShare ? 'invalid' : 'warning';
  return [
    {
      severity,
      code: 'k6-dropped-iterations',
      message: `k6 dropped ${tally.dropped} of ${tally.started + tally.dropped} iterations (${formatShare(share)}): no virtual user was free. They count as failures, and as timeouts in the percentiles.`,
      remedy: 'Either k6 was too slow or the target answered too slowly for maxInFlight: use more segments, raise maxInFlight, or lower the rate.',
    },
  ];
}
