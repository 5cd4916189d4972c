import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { K6Plan } from '../../../src/k6/plan.ts';

/** What a merge in a process of its own says. */
export interface Merged {
  points: number;
  bytes: number;
  seconds: number;
  cpuSeconds: number;
  peakMB: number;
  findings: string[];
  completed: number;
}

const MERGE_ONCE = fileURLToPath(new URL('./merge-once.js', import.meta.url));

/** @param dir for the plan @param where files, or the URL of Prometheus */
export function mergeInProcess(mode: 'files' | 'prometheus', dir: string, plan: K6Plan, where: readonly string[]): Merged {
  const file = join(dir, `${plan.id}.json`);
  writeFileSync(file, JSON.stringify(plan));
  const { stdout, stderr, status } = spawnSync(process.execPath, [MERGE_ONCE, mode, file, ...where], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Merged;
}

export const millions = (points: number): string => `${(points / 1e6).toFixed(1)} million`;
