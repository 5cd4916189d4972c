import { readBaselines } from '../../../src/compare/baseline-files.ts';
import { compareWithBaseline, type StoredScenario } from '../../../src/compare/compare-baseline.ts';
import type { RunRecord } from '../../../src/record/schema.ts';

/**
 * A kept run as the gate judges it now, against the baselines that it had: nights outlive the gate that they were measured with.
 * Rounds are not measured again, so that what is flagged only now has no fresh ones.
 */
export async function judgedAgain(record: RunRecord, baselinesDir: string | null): Promise<RunRecord> {
  if (baselinesDir === null) return record;
  const stored = new Map<string, StoredScenario>();
  for (const { name } of record.scenarios) stored.set(name, { baselines: await readBaselines(baselinesDir, name), calibration: null });
  return { ...record, scenarios: compareWithBaseline(record, stored).scenarios };
}
