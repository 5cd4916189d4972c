import type { Severity } from '../../record/limits.ts';
import { metricKey } from '../../record/metrics.ts';
import { formatValue, metricPhrase } from '../../record/phrases.ts';
import type { SlaResult } from '../../record/schema.ts';
import { formatMs } from '../../units.ts';
import type { HostAlert } from './alert.ts';
import { lookedAtMs, longestWrong, worstHeld, type Point } from './sustained.ts';

/**
 * An alert against what was seen, as a limit of the run. `breach`: the state lasted as long as the alert says. `pass`: it did not. A run
 * that is shorter than that passes only where the state never was; otherwise nobody knows whether it would have lasted:
 * `too-few-samples`. Pure.
 */
export function judgeAlert(alert: HostAlert & { severity: Severity }, points: readonly Point[], everyMs: number): SlaResult {
  const { id, labels, unit, wrong, limit, forMs, severity } = alert;
  const longest = longestWrong(points, limit, wrong, everyMs);
  const held = worstHeld(points, forMs, wrong, everyMs);
  const seenMs = lookedAtMs(points, everyMs);
  const extreme = worstHeld(points, 0, wrong, everyMs);
  const figure = (value: number | null): string => (value === null ? 'nothing' : formatValue(value, unit));
  const phrase = metricPhrase({ id, labels });
  const said = ((): { verdict: SlaResult['verdict']; sentence: string } => {
    if (points.length === 0 || extreme === null) return { verdict: 'not-measured', sentence: `${phrase} was not measured: ${whyNot(alert)} (${alert.text})` };
    if (longest !== null && longest >= forMs) {
      return { verdict: 'breach', sentence: forMs === 0 ? `${phrase} ${figure(extreme)} at worst, limit ${figure(limit)} (${alert.text})` : `${phrase} ${wrong} ${figure(limit)} for ${formatMs(longest)} without a break, at worst ${figure(extreme)} (${alert.text})` };
    }
    if (longest !== null && held === null) return { verdict: 'too-few-samples', sentence: `${phrase} was ${wrong} ${figure(limit)} for ${formatMs(longest)}, and ${formatMs(seenMs)} of looking cannot tell what lasts ${formatMs(forMs)} (${alert.text})` };
    return { verdict: 'pass', sentence: `${phrase} ${longest === null ? `never ${wrong} ${figure(limit)}` : `${wrong} ${figure(limit)} for ${formatMs(longest)} at most`}, at worst ${figure(extreme)} (${alert.text})` };
  })();
  return {
    metric: metricKey({ id, labels }),
    operator: wrong === 'above' ? '<=' : '>=',
    limit,
    unit,
    actual: said.verdict === 'not-measured' ? null : (held ?? extreme),
    interval: null,
    n: points.length,
    samplesNeeded: said.verdict === 'too-few-samples' ? Math.ceil(forMs / everyMs) + 1 : null,
    severity,
    ...said,
  };
}

function whyNot({ labels }: HostAlert): string {
  const name = labels['process'];
  return name === undefined ? 'this machine does not say' : `no process ${name} was seen on this machine`;
}
