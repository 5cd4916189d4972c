import type { K6Part } from '../plan.ts';

/**
 * Requests whose histograms are held at once, about 0.7 MB each, and twice that where connections are opened and answers fail: 45 to
 * 90 MB. A test of more is read several times.
 */
const REQUESTS_AT_ONCE = 64;

/** Parts of a plan by the pass over the files that they are counted in; each has at least one. Pure. */
export function passesOf(parts: readonly K6Part[]): K6Part[][] {
  const passes: K6Part[][] = [];
  let requests = 0;
  for (const part of parts) {
    const own = part.load.flows.reduce((sum, { steps }) => sum + steps.length, 0);
    const last = passes.at(-1);
    if (last === undefined || requests + own > REQUESTS_AT_ONCE) {
      passes.push([part]);
      requests = own;
    } else {
      last.push(part);
      requests += own;
    }
  }
  return passes;
}
