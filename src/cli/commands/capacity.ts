import { EXIT, type ExitCode } from '../../errors.ts';
import { findCapacity, type CapacityRequest } from '../../find-capacity.ts';
import { CAPACITY_FILE, readCapacity, type CapacityRecord } from '../../record/capacity.ts';
import { searchView } from '../../report/capacity/search-view.ts';
import { commonRequest, type CommonFlags } from '../capacity-request.ts';
import { printUnwritten } from '../deliver.ts';
import { deliverView } from '../deliver-view.ts';
import { explain } from '../explain.ts';
import { onInterrupt } from '../interrupt.ts';
import { progressOn } from '../progress.ts';
import { commonFlagsBegun, findBegun, requireSameFlags, resumeWord, type Begun } from '../resumed.ts';

export interface CapacityFlags extends CommonFlags {
  from?: number;
  upTo?: number;
  resolution?: number;
  trial?: number;
  resume?: string;
}

const DEFAULTS = { upToPerSecond: 20_000, resolution: 0.05 } as const;

/** `bench capacity`: the highest rate that keeps every limit. 0 found, 1 no rate keeps the limits, 4 the generator was the bottleneck or the time was over first. */
export async function capacity(scenario: string | undefined, flags: CapacityFlags): Promise<ExitCode> {
  const request = flags.resume === undefined ? newSearch(scenario, flags) : resumed(scenario, flags, await findBegun('search', flags.resume, CAPACITY_FILE, readCapacity));
  const progress = progressOn(process.stderr);
  const interrupt = onInterrupt((text) => progress.observe({ type: 'note', text }));
  try {
    const { record, dir, failure } = await findCapacity(request, progress.observe, interrupt);
    progress.end();
    if (failure !== undefined && record.levels.length === 0) return explain(failure);
    await deliverView(searchView(record, resumeWord(dir)), record, dir, flags.json ?? false);
    if (failure !== undefined) return explain(failure);
    const by = interrupt.by();
    if (by !== null) return by === 'SIGINT' ? EXIT.interrupted : EXIT.terminated;
    return exitCodeOf(record);
  } catch (thrown) {
    progress.end();
    await printUnwritten(thrown);
    throw thrown;
  } finally {
    progress.end();
    interrupt.release();
  }
}

function exitCodeOf({ outcome, verification, gaveWay, outOfTime }: CapacityRecord): ExitCode {
  if (outcome === null) return outOfTime === true ? EXIT.invalid : EXIT.internal;
  if (outcome.type === 'failed-at-lowest') return gaveWay?.resource === 'set-up' || outOfTime === true ? EXIT.invalid : EXIT.slaBreach;
  if (outcome.type === 'generator-limited' && outcome.keptPerSecond === null) return EXIT.invalid;
  if (verification === null) return EXIT.pass;
  return verification.kept === null ? EXIT.invalid : verification.kept ? EXIT.pass : EXIT.slaBreach;
}

function newSearch(scenario: string | undefined, flags: CapacityFlags): CapacityRequest {
  return {
    ...commonRequest(scenario, flags),
    workload: flags.workload ?? null,
    fromPerSecond: flags.from ?? null,
    upToPerSecond: flags.upTo ?? DEFAULTS.upToPerSecond,
    resolution: flags.resolution ?? DEFAULTS.resolution,
    longestTrialMs: flags.trial ?? null,
    resume: null,
  };
}

/** Goes on with what was begun, in its folder. Throws a BenchError (2) for a flag that says otherwise. */
function resumed(scenario: string | undefined, flags: CapacityFlags, { record, dir }: Begun<CapacityRecord>): CapacityRequest {
  const { options, run } = record;
  const given = (value: number | undefined, unit: string): string | null => (value === undefined ? null : `${value}${unit}`);
  requireSameFlags('search', run.id, [
    ...commonFlagsBegun(flags, record),
    { flag: '--from', given: given(flags.from, '/s'), begun: options.downToPerSecond === undefined ? `${options.fromPerSecond}/s` : null },
    { flag: '--up-to', given: given(flags.upTo, '/s'), begun: `${options.upToPerSecond}/s` },
    { flag: '--resolution', given: flags.resolution === undefined ? null : percent(flags.resolution), begun: percent(options.resolution) },
    { flag: '--trial', given: given(flags.trial, 'ms'), begun: given(options.longestTrialMs ?? undefined, 'ms') },
  ]);
  const common = commonRequest(scenario ?? record.scenario.file, flags);
  return {
    ...newSearch(scenario, flags),
    ...common,
    profile: run.profile,
    seed: run.seed,
    target: options.target ?? null,
    out: common.out ?? dir,
    workload: record.workload,
    resume: record,
  };
}

const percent = (share: number): string => `${Number((100 * share).toPrecision(12))}%`;
