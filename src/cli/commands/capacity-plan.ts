import { resolve } from 'node:path';
import { EXIT, type ExitCode } from '../../errors.ts';
import { planCapacity } from '../../plan-capacity.ts';
import { planView } from '../../report/capacity/plan-view.ts';
import { typedCommand } from '../capacity-request.ts';
import { deliverView } from '../deliver-view.ts';
import { version } from '../version.ts';

export interface PlanFlags {
  from?: string[];
  gpu?: string;
  workload?: string;
  deployment?: string;
  cost: boolean;
  reports: string;
  out?: string;
  json?: true;
}

/** `bench capacity plan`: servers, storage and cost from stored runs. */
export async function plan(scenario: string, flags: PlanFlags): Promise<ExitCode> {
  const { record, dir } = await planCapacity({
    scenario,
    from: flags.from ?? [],
    gpu: flags.gpu ?? null,
    workload: flags.workload ?? null,
    deployment: flags.deployment ?? null,
    cost: flags.cost,
    out: flags.out === undefined ? null : resolve(flags.out),
    reportsDir: flags.reports,
    command: typedCommand(),
    version: version(),
    cwd: process.cwd(),
    env: process.env,
  });
  await deliverView(planView(record), record, dir, flags.json ?? false);
  return EXIT.pass;
}
