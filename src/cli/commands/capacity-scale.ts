import { EXIT, type ExitCode } from '../../errors.ts';
import { scaleCapacity } from '../../scale-capacity.ts';
import type { ScalingRecord } from '../../record/scaling.ts';
import { scalingView } from '../../report/capacity/scaling-view.ts';
import { commonRequest, type CommonFlags } from '../capacity-request.ts';
import { deliverView } from '../deliver-view.ts';
import { explain } from '../explain.ts';
import { onInterrupt } from '../interrupt.ts';
import { progressOn } from '../progress.ts';

export interface ScaleFlags extends CommonFlags {
  levels?: number[];
  rounds?: number;
  trial?: number;
}

/** `bench capacity scale`: throughput over concurrency. 0 measured, 4 no round counts. */
export async function scale(scenario: string | undefined, flags: ScaleFlags): Promise<ExitCode> {
  const progress = progressOn(process.stderr);
  const interrupt = onInterrupt((text) => progress.observe({ type: 'note', text }));
  try {
    const request = { ...commonRequest(scenario, flags), workload: flags.workload ?? null, levels: flags.levels ?? null, rounds: flags.rounds ?? null, trialMs: flags.trial ?? null };
    const { record, dir, failure } = await scaleCapacity(request, progress.observe, interrupt);
    progress.end();
    if (failure !== undefined && record.series.length === 0) return explain(failure);
    await deliverView(scalingView(record), record, dir, flags.json ?? false);
    if (failure !== undefined) return explain(failure);
    const by = interrupt.by();
    if (by !== null) return by === 'SIGINT' ? EXIT.interrupted : EXIT.terminated;
    return counts(record) ? EXIT.pass : EXIT.invalid;
  } finally {
    progress.end();
    interrupt.release();
  }
}

const counts = ({ series }: ScalingRecord): boolean => series.some(({ levels }) => levels.some(({ throughputPerSecond }) => throughputPerSecond !== null));
