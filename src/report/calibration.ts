import type { CalibrationRecord, RunRecord } from '../record/schema.ts';
import { formatShare } from '../units.ts';
import { formatCount, plural } from './values.ts';

/** The columns of a calibration; those after the first hold figures. A run is compared with stored sessions by its rounds, with another side by pairs. */
export const calibrationColumns = ({ rounds, pairs }: CalibrationRecord): string[] => [
  'metric', 'noise', 'autocorrelation', ...(pairs === undefined ? [] : [`seen by ${plural(rounds, 'round')} against a baseline`]), `seen with ${plural(pairs ?? rounds, 'pair')}`, 'pairs for 5 %', 'pairs for 10 %',
];

export function calibrationRows({ pairs, metrics }: CalibrationRecord): string[][] {
  const count = (needed: number | null): string => (needed === null ? 'over 1,000' : formatCount(needed));
  const seen = (share: number | null | undefined): string => (share === null || share === undefined ? 'nothing' : formatShare(share));
  return metrics.map(({ metric, noise, autocorrelation, smallestSeen, seenInPairs, seenInHistory, roundsFor5, roundsFor10 }) => [
    metric, formatShare(noise), autocorrelation.toFixed(2), ...(pairs === undefined ? [seen(smallestSeen)] : [seen(seenInHistory), seen(seenInPairs)]), count(roundsFor5), count(roundsFor10),
  ]);
}

/** What a calibration recommends, in one sentence. */
export function recommendation({ metrics, recommended }: CalibrationRecord): string {
  if (metrics.length === 0) return 'too few rounds to tell: at least 6 are needed';
  if (recommended !== null) return `recommended: ${plural(recommended, 'round')} of a paired run (--against) see 10 % on every metric`;
  const blind = metrics.filter(({ roundsFor10 }) => roundsFor10 === null);
  return `too noisy: not even 1,000 rounds of a paired run see 10 % on ${blind.map(({ metric }) => metric).join(', ')}`;
}

/** The calibrations that a run knew of. */
export function calibrations(record: RunRecord): { title: string; calibration: CalibrationRecord }[] {
  return record.scenarios.flatMap(({ name, calibration }) => (calibration === undefined ? [] : [{ title: `${record.scenarios.length === 1 ? 'calibrated' : `${name}: calibrated`} on ${calibration.date.slice(0, 10)}`, calibration }]));
}
