import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What the control group lets this process have; null where it sets no limit (or there are no control groups). */
export interface CgroupLimits {
  cores: number | null;
  memoryBytes: number | null;
}

/** v1 writes "no limit" as the largest multiple of the page size below 2^63. */
const NO_LIMIT_BYTES = 2 ** 60;

/**
 * The tightest CPU quota and memory limit from our group up to the root, cgroup v1 and v2 (kernel documentation, admin-guide/cgroup-v2
 * and cgroup-v1/memory, scheduler/sched-bwc). In a container the path in /proc may be the host's while the mount shows our own group as
 * the root: levels that are not there are skipped.
 */
export function cgroupLimits(cgroupRoot = '/sys/fs/cgroup', membership = '/proc/self/cgroup'): CgroupLimits {
  const cores: number[] = [];
  const memory: number[] = [];
  for (const line of (read(membership) ?? '').split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers === undefined || path === undefined) continue;
    const names = controllers.split(',');
    for (const level of levels(path)) {
      if (controllers === '') {
        for (const mount of [cgroupRoot, join(cgroupRoot, 'unified')]) {
          cores.push(...quotaV2(read(join(mount, level, 'cpu.max'))));
          memory.push(...bytes(read(join(mount, level, 'memory.max'))));
        }
      }
      if (names.includes('cpu')) {
        for (const mount of new Set(['cpu', 'cpu,cpuacct', controllers])) {
          const folder = join(cgroupRoot, mount, level);
          cores.push(...quotaV1(read(join(folder, 'cpu.cfs_quota_us')), read(join(folder, 'cpu.cfs_period_us'))));
        }
      }
      if (names.includes('memory')) memory.push(...bytes(read(join(cgroupRoot, 'memory', level, 'memory.limit_in_bytes'))));
    }
  }
  return { cores: cores.length === 0 ? null : Math.min(...cores), memoryBytes: memory.length === 0 ? null : Math.min(...memory) };
}

/** `/a/b` → `/a/b`, `/a`, `/` */
function levels(path: string): string[] {
  const all = [path];
  for (let level = path; level !== '/' && level !== '.'; ) {
    level = dirname(level);
    all.push(level);
  }
  return all;
}

/** `150000 100000` → 1.5; `max 100000` → no quota */
function quotaV2(text: string | null): number[] {
  const match = /^(\d+) (\d+)/.exec(text ?? '');
  return match === null ? [] : [Number(match[1]) / Number(match[2])];
}

function quotaV1(quota: string | null, period: string | null): number[] {
  const [quotaUs, periodUs] = [Number(quota ?? -1), Number(period ?? 0)];
  return quotaUs > 0 && periodUs > 0 ? [quotaUs / periodUs] : [];
}

function bytes(text: string | null): number[] {
  const limit = /^\d+\s*$/.test(text ?? '') ? Number(text) : Infinity;
  return limit < NO_LIMIT_BYTES ? [limit] : [];
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
