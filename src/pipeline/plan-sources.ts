import type { PlanSources } from '../capacity/plan/sources.ts';
import { BenchError, EXIT } from '../errors.ts';
import { findStored, listStored, type Stored } from '../record/stored-capacity.ts';

const MOST_LOOKED_AT = 200;

/** The records to plan from: those named, or the newest complete run of the scenario with the searches and scalings of the same content. Throws a BenchError (2). */
export async function sourcesOf({ from, reportsDir }: { from: readonly string[]; reportsDir: string }, scenario: string): Promise<PlanSources> {
  if (from.length > 0) return sorted(await Promise.all(from.map((wanted) => findStored(reportsDir, wanted))));
  const all = (await listStored(reportsDir, MOST_LOOKED_AT)).filter(isWhole).filter((stored) => contentOf(stored, scenario) !== null);
  // The newest run says which content; searches and scalings of the same belong to it.
  const newest = all.find(({ kind }) => kind === 'run') ?? all[0];
  if (newest === undefined) throw new BenchError(EXIT.usage, `there is no complete run of ${scenario} in ${reportsDir} to plan from`, { hint: `bench run ${scenario} measures one; --from names runs elsewhere.` });
  const same = all.filter((stored) => contentOf(stored, scenario) === contentOf(newest, scenario));
  const first = (kind: Stored['kind'], wanted: (stored: Stored) => boolean = () => true): Stored[] => same.filter((stored) => stored.kind === kind && wanted(stored)).slice(0, 1);
  const scales = (kind: string) => (stored: Stored): boolean => stored.kind === 'scaling' && stored.record.workloadKind === kind;
  return sorted([...first('run'), ...first('search', (stored) => stored.kind === 'search' && stored.record.workloadKind === 'job'), ...first('scaling', scales('job')), ...first('scaling', scales('encode'))]);
}

const isWhole = ({ record }: Stored): boolean => record.run.status === 'complete';

/** The hash of what a record measured of a scenario; null where it did not. */
function contentOf(stored: Stored, scenario: string): string | null {
  if (stored.kind === 'run') return stored.record.scenarios.find(({ name }) => name === scenario)?.sha256 ?? null;
  return stored.record.scenario.name === scenario ? stored.record.scenario.sha256 : null;
}

function sorted(stored: readonly Stored[]): PlanSources {
  return {
    runs: stored.flatMap((each) => (each.kind === 'run' ? [each.record] : [])),
    searches: stored.flatMap((each) => (each.kind === 'search' ? [each.record] : [])),
    scalings: stored.flatMap((each) => (each.kind === 'scaling' ? [each.record] : [])),
  };
}
