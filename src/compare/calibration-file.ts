import { join } from 'node:path';
import { stat } from 'node:fs/promises';
import { z } from 'zod';
import { writeAtomic } from '../record/atomic.ts';
import { readJson } from '../record/read.ts';
import { machineDir } from './baseline-files.ts';

const metric = z.strictObject({
  rounds: z.number().int().describe('rounds in which nothing changed'),
  noise: z.number().describe('from round to round, as a standard deviation of logarithms: 0.05 is 5 %'),
  autocorrelation: z.number().describe('of neighbouring rounds'),
  smallestSeen: z.number().nullable().describe('smallest change that a paired run of the planned rounds finds in 95 of 100 runs; null: none'),
  roundsFor5: z.number().int().nullable().describe('pairs with which 5 % is found; null: more than 1,000'),
  roundsFor10: z.number().int().nullable(),
  spread: z.number().positive().describe('between sessions to begin with, in place of the usual prior'),
});

/** What `bench calibrate` found for one scenario on one machine; later runs read it. */
export const calibration = z.strictObject({
  version: z.literal(1),
  date: z.iso.datetime(),
  scenario: z.string(),
  sha256: z.string(),
  profile: z.string(),
  planned: z.number().int().describe('rounds that runs of this profile have'),
  metrics: z.record(z.string().describe('workload/metric key'), metric),
});

export type Calibration = z.infer<typeof calibration>;
export type CalibratedMetric = z.infer<typeof metric>;

const fileOf = (dir: string, scenario: string, hash: string, sha256: string): string => join(machineDir(dir, scenario, hash), `calibration-${sha256.slice(0, 12)}.json`);

export async function writeCalibration(dir: string, hash: string, found: Calibration): Promise<string> {
  const file = fileOf(dir, found.scenario, hash, found.sha256);
  await writeAtomic(file, `${JSON.stringify(found, null, 2)}\n`);
  return file;
}

/** Null where this scenario was not calibrated on this machine. Throws a BenchError (2) with file and field where the file is wrong. */
export async function readCalibration(dir: string, scenario: string, hash: string, sha256: string): Promise<Calibration | null> {
  const file = fileOf(dir, scenario, hash, sha256);
  const there = await stat(file).then(() => true, () => false);
  return there ? readJson(file, calibration, 'run bench calibrate again, or remove the file') : null;
}
