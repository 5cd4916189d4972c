import { createToolResolver } from '../host/tools.ts';
import type { CapacityRecord } from '../record/capacity.ts';
import type { Config } from '../scenario/config.ts';
import type { Target } from '../target/target.ts';
import type { ChosenScenario, ChosenWorkload } from './choose.ts';
import type { Observer } from './events.ts';
import type { Interrupt } from './interrupt.ts';
import { preflight, type PreflightBase } from './preflight.ts';
import type { RunRequest } from './request.ts';
import { temporaryFolder, type Releases } from './workspace.ts';

/** A measurement of one workload of one scenario, level by level: what a search and a scaling measurement have in common. */
export interface OneWorkload {
  scenario: ChosenScenario;
  workload: ChosenWorkload;
  /** `resume`: the record of what was interrupted, where it goes on. */
  request: RunRequest & { resume?: { run: { command: string } } | null };
}

type Head = Pick<CapacityRecord, 'run' | 'environment' | 'scenario' | 'workload'>;

/**
 * The head of its record. `text` takes secrets out; the record ends now unless it is still running. What went on keeps the command that it was
 * begun with: that one measures it again, `--resume` would only go on.
 */
export function headOf({ scenario, workload, request }: OneWorkload, { id, status, startedAt, environment, text }: Pick<Head['run'], 'id' | 'status' | 'startedAt'> & Pick<Head, 'environment'> & { text: (value: string) => string }): Head {
  return {
    run: { id, status, startedAt, endedAt: status === 'running' ? null : new Date().toISOString(), profile: request.profile, seed: request.seed, command: text(request.resume?.run.command ?? request.command), readybench: request.version },
    environment,
    scenario: { name: scenario.name, file: scenario.file, sha256: scenario.sha256 },
    workload: workload.name,
  };
}

/** Lets its target through and gives what its levels need. Throws as the preflight does. */
export async function readyOne(
  { scenario, workload, request }: OneWorkload,
  { config, interrupt, observe, releases, known }: { config: Config; interrupt: Interrupt; observe: Observer; releases: Releases; known: Set<string> },
): Promise<{ needs: PreflightBase; target: Target | null }> {
  const needs: PreflightBase = {
    request, config, tools: createToolResolver(request.env), workDir: await temporaryFolder(releases), signal: interrupt.signal, observe, releases,
    keepSecret: (value) => void known.add(value),
  };
  const [ready] = await preflight([{ ...scenario, workloads: [workload] }], needs);
  return { needs, target: ready?.target ?? null };
}
