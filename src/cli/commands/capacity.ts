import { join } from 'node:path';
import { BenchError, EXIT, type ExitCode } from '../../errors.ts';
import { findCapacity, type CapacityRequest } from '../../find-capacity.ts';
import { CAPACITY_FILE, readCapacity, type CapacityRecord } from '../../record/capacity.ts';
import { searchView } from '../../report/capacity/search-view.ts';
import { commonRequest, type CommonFlags } from '../capacity-request.ts';
import { deliverView } from '../deliver-view.ts';
import { explain } from '../explain.ts';
import { onInterrupt } from '../interrupt.ts';
import { progressOn } from '../progress.ts';

export interface CapacityFlags extends CommonFlags {
  from?: number;
  upTo: number;
  resolution: number;
  trial?: number;
  resume?: string;
}

/** `bench capacity`: the highest rate that keeps every limit. 0 found, 1 no rate keeps the limits, 4 the generator was the bottleneck. */
export async function capacity(scenario: string | undefined, flags: CapacityFlags): Promise<ExitCode> {
  const resume = flags.resume === undefined ? null : await stored(flags.resume);
  const progress = progressOn(process.stderr);
  const interrupt = onInterrupt((text) => progress.observe({ type: 'note', text }));
  try {
    const { record, dir, failure } = await findCapacity(requestOf(scenario, flags, resume), progress.observe, interrupt);
    progress.end();
    if (failure !== undefined && record.levels.length === 0) return explain(failure);
    await deliverView(searchView(record), record, dir, flags.json ?? false);
    if (failure !== undefined) return explain(failure);
    const by = interrupt.by();
    if (by !== null) return by === 'SIGINT' ? EXIT.interrupted : EXIT.terminated;
    return exitCodeOf(record);
  } finally {
    progress.end();
    interrupt.release();
  }
}

function exitCodeOf({ outcome, verification }: CapacityRecord): ExitCode {
  if (outcome === null) return EXIT.internal;
  if (outcome.type === 'failed-at-lowest') return EXIT.slaBreach;
  if (outcome.type === 'generator-limited' && outcome.keptPerSecond === null) return EXIT.invalid;
  return verification?.kept === false ? EXIT.slaBreach : EXIT.pass;
}

/** A stored search: its folder, its capacity.json or its run id. Throws a BenchError (2). */
async function stored(wanted: string): Promise<CapacityRecord> {
  for (const file of [wanted, join(wanted, CAPACITY_FILE), join('reports', wanted, CAPACITY_FILE)]) {
    const record = await readCapacity(file);
    if (record !== null) return record;
  }
  throw new BenchError(EXIT.usage, `there is no search "${wanted}"`, { hint: `Name the run id or the folder with its ${CAPACITY_FILE}.` });
}

function requestOf(scenario: string | undefined, flags: CapacityFlags, resume: CapacityRecord | null): CapacityRequest {
  return {
    ...commonRequest(scenario, flags),
    workload: flags.workload ?? resume?.workload ?? null,
    fromPerSecond: flags.from ?? resume?.options.fromPerSecond ?? null,
    upToPerSecond: flags.upTo,
    resolution: flags.resolution,
    longestTrialMs: flags.trial ?? null,
    resume,
  };
}
