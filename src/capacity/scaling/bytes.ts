import { median } from 'simple-statistics';
import type { ScalingSeries } from '../../record/scaling.ts';

/** The size of a result: the median of all rounds, at every level, of the subject that makes most and whose results were looked at; null where none were. Pure. */
export function bytesPerVideo(series: readonly ScalingSeries[]): number | null {
  const known = series.flatMap(({ levels }) => {
    const bytes = levels.flatMap(({ rounds }) => rounds.flatMap((round) => round.bytes ?? []));
    return bytes.length === 0 ? [] : [{ bytes, most: Math.max(0, ...levels.map(({ throughputPerSecond }) => throughputPerSecond ?? 0)) }];
  });
  const [first] = known.sort((a, b) => b.most - a.most);
  return first === undefined ? null : median(first.bytes);
}
