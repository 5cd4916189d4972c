import type { SlaLimit } from '../record/limits.ts';
import { metricKind } from '../record/metrics.ts';
import { formatPercent, formatValue, metricPhrase, plural } from '../record/phrases.ts';
import type { Metric, NotMeasured, SlaVerdict } from '../record/schema.ts';
import { formatNumber } from '../units.ts';
import type { Evidence } from './evidence.ts';

/** `p95 latency 132 ms, limit 100 ms: 32 % over (n = 750)` */
export function measuredSentence(limit: SlaLimit, metric: Metric, evidence: Evidence, verdict: SlaVerdict): string {
  const figure = `${metricPhrase(metric)} ${formatValue(evidence.value, metric.unit)}, ${limitPhrase(limit)}`;
  const many = evidence.of === 'rounds' ? roundsPhrase(metric) : `n = ${evidence.n.toLocaleString('en-US')}`;
  switch (verdict) {
    case 'pass':
    case 'breach':
      return `${figure}: ${distance(limit, evidence.value)} (${many})`;
    case 'undecided':
      return `${figure}: too close to tell, ${between(metric, evidence)} (${many})`;
    case 'too-few-samples':
      return `${figure}: ${plural(evidence.n, 'sample')} cannot tell, ${(evidence.samplesNeeded ?? 0).toLocaleString('en-US')} needed`;
    case 'not-measured':
      return notMeasuredSentence(limit, undefined);
  }
}

export function notMeasuredSentence(limit: SlaLimit, why: NotMeasured | undefined): string {
  return `${metricPhrase(limit)} was not measured, ${limitPhrase(limit)}${why === undefined ? '' : `: ${why.reason}`}`;
}

function limitPhrase({ id, operator, limit }: SlaLimit): string {
  const { unit, better } = metricKind(id);
  const expected = better === 'lower' ? '<=' : '>=';
  return `limit ${operator === expected ? '' : operator === '<=' ? 'at most ' : 'at least '}${formatValue(limit, unit)}`;
}

/** How far the figure is from the limit: a share of it, or percentage points where it is a share itself. */
function distance({ id, operator, limit }: SlaLimit, value: number): string {
  if (value === limit) return 'exactly met';
  const side = value > limit ? 'over' : 'under';
  if (metricKind(id).unit === 'share') return `${formatNumber(Math.abs(value - limit) * 100)} points ${side}`;
  if (limit === 0) return side;
  const within = operator === '<=' ? value < limit : value > limit;
  const share = Math.abs(value / limit - 1);
  return share >= 2 && !within && side === 'over' ? `${formatNumber(value / limit)} times the limit` : `${formatPercent(share)} ${side}`;
}

function between(metric: Metric, { low, high }: Evidence): string {
  const text = (value: number): string => formatValue(value, metric.unit);
  if (low !== null && high !== null) return `between ${text(low)} and ${text(high)}`;
  return low !== null ? `${text(low)} or more` : high !== null ? `${text(high)} or less` : 'no interval';
}

function roundsPhrase(metric: Metric): string {
  const rounds = metric.rounds.filter((each) => each !== null).length;
  return rounds === 1 ? 'one round' : `median of ${rounds} rounds`;
}
