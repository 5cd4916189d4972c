import { median } from 'simple-statistics';
import { kindOf, metricKey } from '../record/metrics.ts';
import { formatPercent, formatValue, metricPhrase, plural } from '../record/phrases.ts';
import type { Metric, ScenarioNote } from '../record/schema.ts';
import type { MachineBaseline } from './baseline-files.ts';
import { sessionValue } from './figure.ts';
import { PRIOR_WORTH, priorSpread, ruleFor, WINDOW, type GateOptions } from './options.ts';
import type { Now } from './reference.ts';
import { madSpread, medianVariance } from './stats/spread.ts';

/** Sessions whose median is held against the anchor, this run included: fewer than three say nothing of a drift. */
const RECENT = { most: 5, least: 3 } as const;
/** A warning needs a drift of this many standard errors: with 20 metrics about one run in 40 without any. */
const STANDARD_ERRORS = 3;

/**
 * What has become worse since the release anchor in steps too small for the gate, which compares with a window that moves along.
 * The median of the last sessions against the anchor's value, in logarithms; the spread between sessions is taken from successive
 * differences, which a drift does not widen, pooled with the prior while few are stored. Warnings only. Pure.
 */
export function driftSince(now: Now & { workloads: readonly { name: string; metrics: readonly Metric[] }[] }, baselines: readonly MachineBaseline[], options: GateOptions): ScenarioNote[] {
  const own = baselines.find(({ hash }) => hash === now.environment.hash);
  const anchored = own?.decided.anchors[now.scenario.sha256];
  const anchor = own?.sessions.find(({ runId }) => runId === anchored?.runId);
  if (own === undefined || anchored === undefined || anchor === undefined) return [];
  const since = own.sessions.filter(({ sha256, joined, target, runId }) => sha256 === now.scenario.sha256 && joined === 'passed' && target === now.scenario.target && runId > anchor.runId && runId !== now.runId);
  return now.workloads.flatMap(({ name, metrics }) =>
    metrics.flatMap((metric) => {
      const key = metricKey(metric);
      const first = anchor.workloads[name]?.[key];
      const values = [...since.flatMap(({ workloads }) => workloads[name]?.[key] ?? []), metric].map(sessionValue);
      const drift = first === undefined ? null : driftOf(metric, sessionValue(first), values, options);
      if (drift === null) return [];
      const sentence = `${name}: ${metricPhrase(metric)} has drifted from ${formatValue(drift.then, metric.unit)} to ${formatValue(drift.now, metric.unit)} (${drift.now < drift.then ? '−' : '+'}${formatPercent(drift.now / drift.then - 1)}) over ${plural(values.length, 'session')} since the anchor of ${anchored.date.slice(0, 10)} (${anchored.reason})`;
      return [{ kind: 'drift' as const, workload: name, metric: key, sentence }];
    }),
  );
}

function driftOf(metric: Metric, then: number, values: readonly number[], options: GateOptions): { then: number; now: number } | null {
  const rule = ruleFor(metric, options);
  const kind = kindOf(metric);
  if (!rule.gated || metric.unit === 'share' || values.length < RECENT.least || [then, ...values].some((value) => value <= 0)) return null;
  const recent = values.slice(-RECENT.most);
  const now = median(recent);
  const worse = (kind.better === 'lower' ? 1 : -1) * Math.log(now / then);
  const steps = [then, ...values].slice(1).map((value, index) => Math.log(value / ([then, ...values][index] ?? value)));
  const prior = PRIOR_WORTH * Math.max(0, 1 - (steps.length - 1) / (WINDOW - 1));
  const spread = Math.sqrt((prior * priorSpread(kind) ** 2 + steps.length * (madSpread(steps) ** 2 / 2)) / (prior + steps.length));
  const error = spread * Math.sqrt(1 + medianVariance(recent.length));
  const counts = worse >= Math.log1p(rule.minEffect) && Math.abs(now - then) >= rule.floor && worse >= STANDARD_ERRORS * error;
  return counts ? { then, now } : null;
}
