import { BenchError, EXIT } from '../../errors.ts';
import type { CapacityRecord } from '../../record/capacity.ts';
import type { RunRecord, ScenarioRecord, WorkloadRecord } from '../../record/schema.ts';
import type { ScalingRecord } from '../../record/scaling.ts';

/** Stored records of one scenario on one machine. */
export interface PlanSources {
  searches: readonly CapacityRecord[];
  scalings: readonly ScalingRecord[];
  runs: readonly RunRecord[];
}

/** One workload of a stored run, with where it stands. */
export interface StoredWorkload {
  run: RunRecord;
  scenario: ScenarioRecord;
  workload: WorkloadRecord;
}

/** What all the records have in common. */
export interface Origin {
  sha256: string;
  profile: string;
  /** Where the service ran; null where none was asked. */
  target: string | null;
}

/** Throws a BenchError (2) where the records are of different machines, of different content or of different services. */
export function originOf({ searches, scalings, runs }: PlanSources, scenario: string): Origin {
  const all = [
    ...[...searches, ...scalings].map(({ run, environment, scenario: of, workloadKind, target }) => ({ id: run.id, profile: run.profile, hash: environment.hash, sha256: of.sha256, target: workloadKind === 'encode' ? null : target })),
    ...runs.flatMap(({ run, environment, scenarios }) => scenarios.filter(({ name }) => name === scenario).map(({ sha256, target }) => ({ id: run.id, profile: run.profile, hash: environment.hash, sha256, target }))),
  ];
  const [first] = all;
  if (first === undefined) throw new BenchError(EXIT.usage, `none of these runs measured ${scenario}`, { hint: `bench run ${scenario} measures it.` });
  const elsewhere = all.find(({ hash }) => hash !== first.hash);
  if (elsewhere !== undefined) {
    throw new BenchError(EXIT.usage, `runs of different machines cannot be planned with together: ${first.id} (machine ${first.hash.slice(0, 12)}) and ${elsewhere.id} (machine ${elsewhere.hash.slice(0, 12)})`, { hint: 'Name runs of one machine with --from; a run of a machine with a GPU goes to --gpu.' });
  }
  const other = all.find(({ sha256 }) => sha256 !== first.sha256);
  if (other !== undefined) throw new BenchError(EXIT.usage, `${first.id} and ${other.id} measured different things: another profile, or the scenario has changed between them`, { hint: 'Name runs of one profile with --from.' });
  const asked = all.filter(({ target }) => target !== null);
  const away = asked.find(({ target }) => target !== asked[0]?.target);
  if (away !== undefined) throw new BenchError(EXIT.usage, `${asked[0]?.id ?? ''} measured ${asked[0]?.target ?? ''} and ${away.id} measured ${away.target ?? ''}: two services cannot be planned with together`, { hint: 'Name runs of one target with --from.' });
  return { sha256: first.sha256, profile: first.profile, target: asked[0]?.target ?? null };
}
