import { BenchError, EXIT } from '../../errors.ts';
import type { CapacityRecord } from '../../record/capacity.ts';
import type { RunRecord, ScenarioRecord, WorkloadRecord } from '../../record/schema.ts';
import type { ScalingRecord } from '../../record/scaling.ts';
import type { Stored } from '../../record/stored-capacity.ts';

/** One workload of a stored run, with where it stands. */
export interface StoredWorkload {
  run: RunRecord;
  scenario: ScenarioRecord;
  workload: WorkloadRecord;
}

/** What one record says of the videos of one workload. */
export type Piece = Measured & ({ kind: 'search'; record: CapacityRecord } | { kind: 'scaling'; record: ScalingRecord } | { kind: 'run'; record: StoredWorkload });

interface Measured {
  workload: string;
  runId: string;
  startedAt: string;
  profile: string;
  /** Hash of the machine. */
  machine: string;
  /** Hash of what was measured. */
  sha256: string;
  /** Where the service ran; null where none was asked. */
  target: string | null;
}

/** What all the pieces have in common. */
export type Origin = Pick<Measured, 'sha256' | 'profile' | 'target'>;

/** What to plan from: of each workload the newest search, scaling and run, newest first. */
export interface PlanSources {
  origin: Origin;
  searches: readonly CapacityRecord[];
  scalings: readonly ScalingRecord[];
  workloads: readonly StoredWorkload[];
  /** What lies among the stored records and could not be read, in a sentence each: it may be newer than what is planned from. */
  leftOut: readonly string[];
}

/** What a record says of a scenario's videos: nothing where it measured another scenario, or no jobs and no encodes. */
export function piecesOf(stored: Stored, scenario: string): Piece[] {
  const { run, environment } = stored.record;
  const base = { runId: run.id, startedAt: run.startedAt, profile: run.profile, machine: environment.hash };
  if (stored.kind === 'run') {
    const own = stored.record.scenarios.filter(({ name }) => name === scenario);
    return own.flatMap((of) =>
      of.workloads
        .filter(({ kind }) => kind === 'job' || kind === 'encode')
        .map((workload): Piece => ({ ...base, kind: 'run', workload: workload.name, sha256: of.sha256, target: of.target, record: { run: stored.record, scenario: of, workload } })),
    );
  }
  const { scenario: of, workload, workloadKind, target } = stored.record;
  if (of.name !== scenario) return [];
  const measured = { ...base, workload, sha256: of.sha256, target: workloadKind === 'encode' ? null : target };
  if (stored.kind === 'search') return workloadKind === 'job' ? [{ ...measured, kind: 'search', record: stored.record }] : [];
  return workloadKind === 'job' || workloadKind === 'encode' ? [{ ...measured, kind: 'scaling', record: stored.record }] : [];
}

/** The newest of each workload, kind of record and origin: all that can be planned from, however much is stored. Newest first. */
export const newestOfEachOrigin = (pieces: readonly Piece[]): Piece[] => newestOf(pieces, ({ sha256, machine, target }) => `${sha256} ${machine} ${target ?? ''}`);

/**
 * What belongs to the newest run: what measured the same content, on its machine and of its service. Older pieces of another machine or
 * service are passed over. Newer ones are not: whether they or the run are meant nobody knows, and `sourcesFrom` refuses the two together.
 */
export function withNewestRun(pieces: readonly Piece[]): Piece[] {
  const all = newestFirst(pieces);
  const newest = all.find(({ kind }) => kind === 'run') ?? all[0];
  if (newest === undefined) return [];
  const same = all.filter(({ sha256 }) => sha256 === newest.sha256);
  const service = newest.target ?? same.find(({ target }) => target !== null)?.target ?? null;
  return same.filter(({ startedAt, machine, target }) => startedAt > newest.startedAt || (machine === newest.machine && (target === null || target === service)));
}

/** Throws a BenchError (2) where the pieces are of different machines, of different content or of different services. */
export function sourcesFrom(pieces: readonly Piece[]): PlanSources {
  const origin = originOf(pieces);
  const newest = newestOf(pieces, () => '');
  return {
    origin,
    leftOut: [],
    searches: newest.flatMap((each) => (each.kind === 'search' ? [each.record] : [])),
    scalings: newest.flatMap((each) => (each.kind === 'scaling' ? [each.record] : [])),
    workloads: newest.flatMap((each) => (each.kind === 'run' ? [each.record] : [])),
  };
}

function originOf(pieces: readonly Piece[]): Origin {
  const [first] = pieces;
  if (first === undefined) throw new Error('there is something to plan from');
  const elsewhere = pieces.find(({ machine }) => machine !== first.machine);
  if (elsewhere !== undefined) {
    throw new BenchError(EXIT.usage, `runs of different machines cannot be planned with together: ${first.runId} (machine ${first.machine.slice(0, 12)}) and ${elsewhere.runId} (machine ${elsewhere.machine.slice(0, 12)})`, { hint: 'Name runs of one machine with --from; a run of a machine with a GPU goes to --gpu.' });
  }
  const other = pieces.find(({ sha256 }) => sha256 !== first.sha256);
  if (other !== undefined) throw new BenchError(EXIT.usage, `${first.runId} and ${other.runId} measured different things: another profile, or the scenario has changed between them`, { hint: 'Name runs of one profile with --from.' });
  const asked = pieces.filter(({ target }) => target !== null);
  const away = asked.find(({ target }) => target !== asked[0]?.target);
  if (away !== undefined) throw new BenchError(EXIT.usage, `${asked[0]?.runId ?? ''} measured ${asked[0]?.target ?? ''} and ${away.runId} measured ${away.target ?? ''}: two services cannot be planned with together`, { hint: 'Name runs of one target with --from.' });
  return { sha256: first.sha256, profile: first.profile, target: asked[0]?.target ?? null };
}

function newestOf(pieces: readonly Piece[], more: (piece: Piece) => string): Piece[] {
  const newest = new Map<string, Piece>();
  for (const piece of newestFirst(pieces)) {
    const key = `${piece.kind} ${piece.workload} ${more(piece)}`;
    if (!newest.has(key)) newest.set(key, piece);
  }
  return [...newest.values()];
}

/** By when they began: a folder may have any name. */
const newestFirst = (pieces: readonly Piece[]): Piece[] => pieces.toSorted((a, b) => Date.parse(b.startedAt) - Date.parse(a.startedAt));
