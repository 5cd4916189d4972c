import { EXIT, type ExitCode } from '../../errors.ts';
import { scaleCapacity, type ScalingRequest } from '../../scale-capacity.ts';
import { readScaling, SCALING_FILE, type ScalingRecord } from '../../record/scaling.ts';
import { scalingView } from '../../report/capacity/scaling-view.ts';
import { commonRequest, type CommonFlags } from '../capacity-request.ts';
import { printUnwritten } from '../deliver.ts';
import { deliverView } from '../deliver-view.ts';
import { explain } from '../explain.ts';
import { onInterrupt } from '../interrupt.ts';
import { progressOn } from '../progress.ts';
import { commonFlagsBegun, findBegun, requireSameFlags, resumeWord, type Begun } from '../resumed.ts';

export interface ScaleFlags extends CommonFlags {
  levels?: number[];
  rounds?: number;
  trial?: number;
  resume?: string;
}

/** `bench capacity scale`: throughput over concurrency. 0 measured, 4 no round counts. */
export async function scale(scenario: string | undefined, flags: ScaleFlags): Promise<ExitCode> {
  const request = flags.resume === undefined ? newScaling(scenario, flags) : resumed(scenario, flags, await findBegun('scaling', flags.resume, SCALING_FILE, readScaling));
  const progress = progressOn(process.stderr);
  const interrupt = onInterrupt((text) => progress.observe({ type: 'note', text }));
  try {
    const { record, dir, failure } = await scaleCapacity(request, progress.observe, interrupt);
    progress.end();
    if (failure !== undefined && record.series.length === 0) return explain(failure);
    await deliverView(scalingView(record, resumeWord(dir)), record, dir, flags.json ?? false);
    if (failure !== undefined) return explain(failure);
    const by = interrupt.by();
    if (by !== null) return by === 'SIGINT' ? EXIT.interrupted : EXIT.terminated;
    return counts(record) ? EXIT.pass : EXIT.invalid;
  } catch (thrown) {
    progress.end();
    await printUnwritten(thrown);
    throw thrown;
  } finally {
    progress.end();
    interrupt.release();
  }
}

const counts = ({ series }: ScalingRecord): boolean => series.some(({ levels }) => levels.some(({ throughputPerSecond }) => throughputPerSecond !== null));

function newScaling(scenario: string | undefined, flags: ScaleFlags): ScalingRequest {
  return { ...commonRequest(scenario, flags), workload: flags.workload ?? null, levels: flags.levels ?? null, rounds: flags.rounds ?? null, trialMs: flags.trial ?? null, resume: null };
}

/** Goes on with what was begun, in its folder. Throws a BenchError (2) for a flag that says otherwise. */
function resumed(scenario: string | undefined, flags: ScaleFlags, { record, dir }: Begun<ScalingRecord>): ScalingRequest {
  const { options, run } = record;
  const list = (levels: readonly number[]): string => [...new Set(levels)].sort((a, b) => a - b).join(',');
  const trialMs = options.trialMs ?? null;
  requireSameFlags('scaling', run.id, [
    ...commonFlagsBegun(flags, record),
    { flag: '--levels', given: flags.levels === undefined ? null : list(flags.levels), begun: list(options.levels) },
    { flag: '--rounds', given: flags.rounds === undefined ? null : String(flags.rounds), begun: String(options.rounds) },
    { flag: '--trial', given: flags.trial === undefined ? null : `${flags.trial}ms`, begun: trialMs === null ? null : `${trialMs}ms` },
  ]);
  const common = commonRequest(scenario ?? record.scenario.file, flags);
  return { ...newScaling(scenario, flags), ...common, profile: run.profile, seed: run.seed, target: options.target ?? null, out: common.out ?? dir, workload: record.workload, rounds: options.rounds, resume: record };
}
