import { capacityLimits } from '../capacity/figures.ts';
import { BenchError, EXIT } from '../errors.ts';
import type { ChosenScenario, ChosenWorkload } from './choose.ts';

/** The one workload whose rate is searched over. Throws a BenchError (2) where none, several or one without limits could be meant. */
export function chooseRated(scenarios: readonly ChosenScenario[], name: string | null): { scenario: ChosenScenario; workload: ChosenWorkload } {
  const all = scenarios.flatMap((scenario) => scenario.workloads.map((workload) => ({ scenario, workload })));
  const rated = all.filter(({ workload }) => workload.bound.ratePerSecond !== null);
  const names = rated.map(({ workload }) => workload.name).join(', ');
  const [first] = name === null ? rated : rated.filter(({ workload }) => workload.name === name);
  if (name !== null && first === undefined) {
    const there = all.some(({ workload }) => workload.name === name);
    throw new BenchError(EXIT.usage, there ? `the workload ${name} has no rate to search over` : `there is no workload "${name}"`, { hint: rated.length === 0 ? 'capacity needs an http workload with model: open, or a job workload with a rate' : `workloads with a rate: ${names}` });
  }
  if (first === undefined) throw new BenchError(EXIT.usage, 'no workload of this scenario has a rate to search over', { hint: 'capacity needs an http workload with model: open or staged, or a job workload with a rate' });
  if (name === null && rated.length > 1) throw new BenchError(EXIT.usage, `several workloads have a rate: ${names}`, { hint: `name one: --workload ${first.workload.name}` });
  if (capacityLimits(first.workload.bound.limits).length === 0) {
    throw new BenchError(EXIT.usage, `${first.workload.name} has no limit that could give way`, { hint: 'Add one, for example sla: { latency: { p95: 200ms }, errorRate: 1% }' });
  }
  return first;
}
