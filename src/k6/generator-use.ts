import { watchCpu } from '../host/cpu-share.ts';
import { machineLimits, processUse, type ProcessUse } from '../host/process-use.ts';
import { HEALTH_LIMITS } from '../load/health.ts';
import type { SegmentUse } from '../load/result.ts';
import type { Finding } from '../record/schema.ts';
import { formatBytes, formatNumber, formatShare } from '../units.ts';

/** What the processes of k6 used in one interval, in cores, and how busy the whole machine was. */
export interface UseWindow {
  cores: readonly (number | null)[];
  machine: number | null;
}

export interface GeneratorUse {
  segments: readonly SegmentUse[];
  windows: readonly UseWindow[];
}

const INTERVAL_MS = 1_000;

/**
 * Watches processes until `stop`: CPU second by second, peak memory. Where the system does not tell (no /proc), figures are
 * null and never 0.
 */
export function watchSegments(pids: readonly (number | undefined)[], intervalMs = INTERVAL_MS): { stop(): GeneratorUse } {
  const windows: UseWindow[] = [];
  const first = pids.map(useOf);
  let last = first;
  let at = performance.now();
  const startedAt = at;
  let machine = watchCpu();
  const peaks = first.map((use) => use?.peakMemoryBytes ?? null);
  const ends = first.map((use) => ({ use, at: startedAt }));
  const take = (): void => {
    const now = performance.now();
    const uses = pids.map(useOf);
    windows.push({ cores: uses.map((use, index) => coresBetween(last[index] ?? null, use, now - at)), machine: machine() });
    uses.forEach((use, index) => {
      if (use === null) return;
      peaks[index] = use.peakMemoryBytes;
      ends[index] = { use, at: now };
    });
    machine = watchCpu();
    [last, at] = [uses, now];
  };
  const timer = setInterval(take, intervalMs);
  timer.unref();
  return {
    stop() {
      clearInterval(timer);
      const segments = pids.map((_, segment): SegmentUse => {
        const end = ends[segment];
        const cores = windows.flatMap((window) => window.cores[segment] ?? []);
        return {
          segment,
          cpuMeanCores: end === undefined || end.at === startedAt ? null : coresBetween(first[segment] ?? null, end.use, end.at - startedAt),
          cpuMaxCores: cores.length === 0 ? null : Math.max(...cores),
          peakMemoryBytes: peaks[segment] ?? null,
        };
      });
      return { segments, windows };
    },
  };
}

const useOf = (pid: number | undefined): ProcessUse | null => (pid === undefined ? null : processUse(pid));

function coresBetween(from: ProcessUse | null, to: ProcessUse | null, ms: number): number | null {
  return from === null || to === null || ms <= 0 ? null : (to.cpuMs - from.cpuMs) / ms;
}

/** Of all cores: above `warn` it is worth knowing, above `invalid` k6's own waiting is in the latencies. */
const CPU = { warn: HEALTH_LIMITS.loopUtilisation.warn, invalid: HEALTH_LIMITS.loopUtilisation.invalid, machine: 0.97 } as const;
const MEMORY_SHARE = 0.8;
const RELIEVE = 'Lower the rate, stop what else runs on this machine, or use bench k6 export and more machines.';

/** Whether k6 had the CPU and memory that it needs to keep time. Pure. */
export function useFindings({ segments, windows }: GeneratorUse, limits = machineLimits()): Finding[] {
  const shares = windows.flatMap(({ cores }) => (cores.every((each) => each !== null) ? [cores.reduce((sum, each) => sum + each, 0) / limits.cores] : []));
  const worst = Math.max(0, ...shares);
  const found: Finding[] = [];
  const cpu = (severity: Finding['severity'], limit: number): Finding => ({
    severity,
    code: severity === 'invalid' ? 'k6-cpu-bound' : 'k6-cpu-strained',
    message: `k6 used ${formatShare(worst)} of this machine's ${formatNumber(limits.cores)} cores at worst, above ${formatShare(limit)} in ${above(shares, limit)} of ${shares.length} seconds: its own waiting is in the latencies.`,
    remedy: RELIEVE,
  });
  if (tooMany(shares, CPU.invalid)) found.push(cpu('invalid', CPU.invalid));
  else if (tooMany(shares, CPU.warn)) found.push(cpu('warning', CPU.warn));
  else {
    const busy = windows.flatMap(({ machine }) => machine ?? []);
    if (tooMany(busy, CPU.machine)) {
      found.push({ severity: 'warning', code: 'machine-cpu-full', message: `This machine had no CPU left in ${above(busy, CPU.machine)} of ${busy.length} seconds, and k6 used ${formatShare(worst)} of it at most: what else ran here slowed k6 down.`, remedy: RELIEVE });
    }
  }
  const memory = segments.reduce((sum, { peakMemoryBytes }) => sum + (peakMemoryBytes ?? 0), 0);
  if (memory > MEMORY_SHARE * limits.memoryBytes) {
    found.push({ severity: 'warning', code: 'k6-memory', message: `k6 had ${formatBytes(memory)} of the ${formatBytes(limits.memoryBytes)} there are.`, remedy: 'Lower maxInFlight or the data, or use more machines.' });
  }
  return found;
}

const above = (values: readonly number[], limit: number): number => values.filter((value) => value > limit).length;

/** One bad second is chance; more than one in ten is not. */
function tooMany(values: readonly number[], limit: number): boolean {
  return values.length >= 3 && above(values, limit) > Math.max(1, HEALTH_LIMITS.windowShare * values.length);
}
