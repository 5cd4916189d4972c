import { arrivalsBy, stagesOf, timeOf } from '../curve.ts';
import type { K6Part } from '../plan.ts';

/** Iterations of a part in its measurement: those that are planned, and how many more or fewer there can be by chance alone. */
export interface Planned {
  least: number;
  planned: number;
  most: number;
}

/** Arrivals this close to the end may come too late for k6 to start them. */
const EDGE_MS = 50;
/** What sums of fractions are off by. */
const A_HAIR_MS = 1e-6;
/** Three standard deviations of the arrivals at random that fall before or after the start of the measurement. */
const DEVIATIONS = 3;

/** Counted as the script counts: iteration `n` by its slot, or by where in its window it was drawn. Pure. */
export function plannedWithin({ load, delayMs, first }: Pick<K6Part, 'load' | 'delayMs' | 'first'>): Planned {
  if (load.model === 'closed') return { least: 0, planned: 0, most: Infinity };
  const stages = stagesOf(load);
  const endMs = load.warmupMs + load.durationMs - A_HAIR_MS;
  const before = (ms: number): number => {
    let n = Math.max(0, Math.ceil(arrivalsBy(stages, ms)) - first);
    while (n > 0 && timeOf(stages, n - 1 + first) >= ms) n -= 1;
    while (arrivalsBy(stages, endMs) > n + first && timeOf(stages, n + first) < ms) n += 1;
    return n;
  };
  const late = before(endMs) - before(Math.max(load.warmupMs, endMs - EDGE_MS));
  const fromMs = delayMs === 0 ? load.warmupMs : Math.floor(load.warmupMs / delayMs) * delayMs;
  if (fromMs === load.warmupMs) {
    const all = before(endMs) - before(load.warmupMs);
    return { least: all - late, planned: all, most: all + (delayMs === 0 ? 0 : 1) };
  }
  // The window in which the measurement begins: each of its arrivals falls before or after that.
  const toMs = Math.min(endMs, fromMs + delayMs);
  const shared = before(toMs) - before(fromMs);
  const share = (arrivalsBy(stages, toMs) - arrivalsBy(stages, load.warmupMs)) / (arrivalsBy(stages, toMs) - arrivalsBy(stages, fromMs));
  const mean = Number.isFinite(share) ? shared * share : 0;
  const spread = Number.isFinite(share) ? DEVIATIONS * Math.sqrt(shared * share * (1 - share)) + 1 : 0;
  const sure = before(endMs) - before(toMs);
  return { least: Math.max(0, sure - late) + Math.max(0, Math.floor(mean - spread)), planned: sure + mean, most: sure + Math.min(shared, Math.ceil(mean + spread)) + 1 };
}
