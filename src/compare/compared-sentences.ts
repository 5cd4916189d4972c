import { formatPercent, formatValue, metricPhrase, plural } from '../record/phrases.ts';
import type { ComparisonVerdict, Metric } from '../record/schema.ts';
import { formatNumber } from '../units.ts';
import type { Tested } from './tested.ts';

export type Detectable = ReturnType<Tested['detectable']>;

/** Both figures, and the change where there is one. */
type Seen = Pick<Tested, 'baseline' | 'current' | 'change'>;

interface Findings {
  suspected: boolean;
  /** How many fresh rounds decided on it; null where none were asked for. */
  freshRounds: number | null;
  detectable: Detectable;
  sessions: number;
}

/** `p95 latency 132 ms, baseline 100 ms: +32 %, a regression (20 sessions)` */
export function comparedSentence(metric: Metric, tested: Tested, verdict: ComparisonVerdict, { suspected, freshRounds, detectable, sessions }: Findings): string {
  const head = headOf(metric, tested);
  const stored = `${freshPhrase(freshRounds, suspected)}${plural(sessions, 'session')}`;
  const unseen = Number.isFinite(detectable.share ?? 0) ? `a change below ${detectablePhrase(detectable)} would not be seen` : 'its floor is larger than the figure';
  switch (verdict) {
    case 'regression':
      return `${head}, a regression (${stored})`;
    case 'improved':
      return `${head}, improved (${stored})`;
    case 'same':
      return `${head}, no change that counts (${stored})`;
    case 'inconclusive':
      return `${head}, ${suspected ? 'suspicious but not certain' : 'within noise'}: ${unseen} (${stored})`;
    case 'advisory':
    case 'no-baseline':
    case 'not-comparable':
    case 'not-measured':
      return head;
  }
}

function freshPhrase(rounds: number | null, suspected: boolean): string {
  if (rounds === null) return '';
  if (rounds === 0) return 'fresh rounds could not be measured; ';
  return suspected ? `confirmed by ${plural(rounds, 'fresh round')}; ` : `a burst that ${plural(rounds, 'fresh round')} did not show; `;
}

export function notGatedSentence(metric: Metric, tested: Seen, why: string, other: Other = 'baseline'): string {
  return `${headOf(metric, tested, other)}, ${why}`;
}

/** What a metric is compared with: its stored baseline, or the other side of a paired run. */
type Other = 'baseline' | 'against';

export function headOf(metric: Metric, { baseline, current, change }: Seen, other: Other = 'baseline'): string {
  const text = (value: number): string => formatValue(value, metric.unit);
  return `${metricPhrase(metric)} ${text(current)}, ${other} ${text(baseline)}: ${changePhrase(metric, { baseline, current, change })}`;
}

function changePhrase({ unit }: Metric, { baseline, current, change }: Seen): string {
  const sign = current < baseline ? '−' : '+';
  if (unit === 'share') return `${sign}${formatNumber(Math.abs(current - baseline) * 100)} points`;
  if (change === null) return 'no ratio';
  return change >= 2 ? `${formatNumber(Number((change + 1).toPrecision(3)))} times as much` : `${sign}${formatPercent(change)}`;
}

export function detectablePhrase({ share, points }: Detectable): string {
  return share === null ? `${formatNumber(points * 100)} points` : formatPercent(share);
}
