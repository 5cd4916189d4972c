import { newestOfEachOrigin, piecesOf, sourcesFrom, withNewestRun, type Piece, type PlanSources } from '../capacity/plan/sources.ts';
import { BenchError, EXIT } from '../errors.ts';
import { allStored, findStored, type Stored } from '../record/stored-capacity.ts';

/** What to plan from: the records named, or the newest complete ones that belong to the newest run of the scenario. Throws a BenchError (2). */
export async function sourcesOf({ from, reportsDir }: { from: readonly string[]; reportsDir: string }, scenario: string): Promise<PlanSources> {
  if (from.length > 0) return sourcesFrom((await Promise.all(from.map((wanted) => piecesNamed(reportsDir, wanted, scenario)))).flat());
  let pieces: Piece[] = [];
  const leftOut: string[] = [];
  for await (const stored of allStored(reportsDir)) {
    if (stored.kind === 'unreadable') leftOut.push(`left out: ${stored.reason.replaceAll(/\s*\n\s*/g, ' ')}`);
    else if (isWhole(stored)) pieces = newestOfEachOrigin([...pieces, ...piecesOf(stored, scenario)]);
  }
  if (pieces.length === 0) throw new BenchError(EXIT.usage, `there is no complete run of jobs or encodes of ${scenario} in ${reportsDir} to plan from`, { hint: [`bench run ${scenario} measures one; --from names runs elsewhere.`, ...leftOut].join('\n') });
  return { ...sourcesFrom(withNewestRun(pieces)), leftOut: leftOut.sort() };
}

/** A record by its folder or run id. Throws a BenchError (2) where it is not complete: what it measured by then is no capacity. */
export async function wholeRecord(reportsDir: string, wanted: string): Promise<Stored> {
  const stored = await findStored(reportsDir, wanted);
  if (isWhole(stored)) return stored;
  const { id, status } = stored.record.run;
  throw new BenchError(EXIT.usage, `the ${stored.kind} ${id} is not complete (${status}), so nothing is planned with it`, { hint: stored.kind === 'run' ? 'Run it again, or name another.' : `Go on with it (--resume ${id}), or name another.` });
}

async function piecesNamed(reportsDir: string, wanted: string, scenario: string): Promise<Piece[]> {
  const stored = await wholeRecord(reportsDir, wanted);
  const pieces = piecesOf(stored, scenario);
  if (pieces.length > 0) return pieces;
  throw new BenchError(EXIT.usage, `the ${stored.kind} ${stored.record.run.id} says nothing of videos of ${scenario}`, { hint: `--from takes runs with jobs or encodes of ${scenario}, searches over its jobs and scalings of its jobs or encodes.` });
}

const isWhole = ({ record }: Stored): boolean => record.run.status === 'complete';
