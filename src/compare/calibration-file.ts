import { join } from 'node:path';
import { stat } from 'node:fs/promises';
import { z } from 'zod';
import { BenchError, EXIT } from '../errors.ts';
import { writeAtomic } from '../record/atomic.ts';
import type { MetricKind } from '../record/metrics.ts';
import { readJson } from '../record/read.ts';
import { machineDir } from './baseline-files.ts';
import { sha256 } from './decisions.ts';
import { kindOfFull } from './figure-rules.ts';
import { priorSpread } from './options.ts';
import { FOLDER_NAME } from './session.ts';

/** What the spread between sessions may be taken to be, in usual priors: a day's luck is not seen in one sitting, and no file may blind the gate. */
export const SPREAD = { least: 0.5, most: 3 } as const;

const MOST_PAIRS = 1_000;

const pairs = z.number().int().positive().max(MOST_PAIRS).nullable();

const metric = z.strictObject({
  rounds: z.number().int().positive().describe('rounds in which nothing changed'),
  noise: z.number().nonnegative().describe('from round to round, as a standard deviation of logarithms: 0.05 is 5 %'),
  autocorrelation: z.number().min(-1).max(1).describe('of neighbouring rounds'),
  smallestSeen: z.number().nonnegative().nullable().describe('smallest change that a paired run of the planned rounds finds in 95 of 100 runs; null: none'),
  seenInPairs: z.number().nonnegative().nullable().optional().describe('smallest change that a paired run of `pairs` rounds finds in 95 of 100 runs; null: none'),
  seenInHistory: z.number().nonnegative().nullable().optional().describe('smallest change that a run of the planned rounds finds in 95 of 100 runs against one stored session; null: none'),
  roundsFor5: pairs.describe('pairs with which 5 % is found; null: more than 1,000'),
  roundsFor10: pairs,
  spread: z.number().positive().describe('between sessions to begin with, in place of the usual prior'),
});

/** What `bench calibrate` found for one scenario on one machine; later runs read it. */
export const calibration = z.strictObject({
  version: z.literal(1),
  date: z.iso.datetime(),
  scenario: z.string().regex(FOLDER_NAME),
  sha256,
  profile: z.string(),
  planned: z.number().int().positive().describe('rounds that runs of this profile have'),
  pairs: z.number().int().positive().optional().describe('rounds that a paired run has'),
  metrics: z.record(z.string().describe('workload/metric key'), metric).superRefine((all, context) => {
    for (const [full, { spread }] of Object.entries(all)) {
      const kind = kindOfFull(full);
      if (kind === null) context.addIssue({ code: 'custom', path: [full], message: 'there is no such metric' });
      else if (!isPossible(spread, kind)) context.addIssue({ code: 'custom', path: [full, 'spread'], message: `must be ${SPREAD.least} to ${SPREAD.most} times ${priorSpread(kind)} for this metric: got ${spread}` });
    }
  }),
});

/** With room for the last bits of a product. */
function isPossible(spread: number, kind: MetricKind): boolean {
  const usual = priorSpread(kind);
  return spread >= SPREAD.least * usual * (1 - 1e-9) && spread <= SPREAD.most * usual * (1 + 1e-9);
}

export type Calibration = z.infer<typeof calibration>;
export type CalibratedMetric = z.infer<typeof metric>;

const HINT = 'run bench calibrate again, or remove the file';

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
  if (!there) return null;
  const found = await readJson(file, calibration, HINT);
  for (const [field, value, expected] of [['scenario', found.scenario, scenario], ['sha256', found.sha256, sha256]] as const) {
    if (value !== expected) throw new BenchError(EXIT.usage, `${file} is not what it should be:\n  ${field}: "${value}" does not fit its place, which says "${expected}"`, { hint: HINT });
  }
  return found;
}
