import type { ServiceObserver } from '../observe/observer.ts';
import type { RoundSeen } from '../observe/observed.ts';
import type { PreparedWorkload } from '../workloads/contract.ts';

/** A workload whose service is read while it is measured: the readings join its metrics, and never stand in its way. */
export function observed(prepared: PreparedWorkload, observer: ServiceObserver): PreparedWorkload {
  const rounds: RoundSeen[] = [];
  return {
    async runRound(round) {
      const watch = observer.watch();
      try {
        await prepared.runRound(round);
      } finally {
        await watch.stop();
      }
      const window = prepared.windowOf === undefined ? undefined : prepared.windowOf(round);
      if (window !== null) rounds.push({ round, seen: await watch.seen(window ?? null) });
    },
    measurement() {
      const own = prepared.measurement();
      // Where the workload itself has no figure, those of its service say nothing of it.
      if (own.metrics.length === 0) return own;
      const read = observer.measured(rounds);
      return { ...own, metrics: [...own.metrics, ...read.metrics], notMeasured: [...own.notMeasured, ...read.notMeasured], observed: read.observed };
    },
    ...(prepared.windowOf === undefined ? {} : { windowOf: (round: number) => prepared.windowOf?.(round) ?? null }),
    close: () => prepared.close(),
  };
}
