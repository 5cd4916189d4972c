import { basename } from 'node:path';
import { BenchError, EXIT } from '../../errors.ts';
import type { LoadResult } from '../../load/result.ts';
import type { Finding } from '../../record/schema.ts';
import { readPoints } from '../ndjson/file.ts';
import type { StreamEnd } from '../ndjson/points.ts';
import { remembered, type Tags } from '../ndjson/tags.ts';
import { partName, type K6Part, type K6Plan } from '../plan.ts';
import { coverage } from './coverage.ts';
import { partFindings, type SegmentOf } from './findings.ts';
import { CONNECTING, DROPPED, LATENCY, METRIC, SERVICE, START, TLS, WAITING, WANTED, ITERATION } from './metrics.ts';
import { PartTally, type PointKind } from './part-tally.ts';
import { passesOf } from './passes.ts';
import { secondsRoom } from './seconds.ts';
import { EARLY_POINTS, SegmentPart, type EarlyRoom } from './segment.ts';

/** The raw samples of all segments as one result for each part of the plan. */
export interface Merged {
  parts: { part: K6Part; result: LoadResult }[];
  points: number;
  bytes: number;
}

export interface MergeHooks {
  signal?: AbortSignal;
  onFile?: (file: string, index: number) => void;
}

/** A part of the plan and its books. */
interface Book {
  part: K6Part;
  tally: PartTally;
  segments: SegmentOf[];
}

/**
 * Reads the points of every segment into the histograms of one run: what comes out are percentiles of all samples together.
 * Files one after the other, each as a stream, and once for every so many parts: memory grows with neither. Throws a BenchError (2)
 * for files that are none of k6's, or none of this plan.
 */
export async function mergeSegments(plan: K6Plan, files: readonly string[], hooks: MergeHooks = {}): Promise<Merged> {
  const problems: Finding[] = [];
  const parts: Merged['parts'] = [];
  let [points, bytes] = [0, 0];
  for (const [pass, chosen] of passesOf(plan.parts).entries()) {
    const room = secondsRoom();
    const books = new Map(chosen.map((part): [string, Book] => [partName(part), { part, tally: new PartTally(part.load, part.delayMs, room), segments: [] }]));
    const segments: { file: string; segment: string }[] = [];
    for (const [index, file] of files.entries()) {
      hooks.onFile?.(file, index);
      const { end, segment } = await readSegment(file, plan, books, hooks.signal);
      if (segment !== null) segments.push({ file, segment });
      if (pass > 0) continue;
      points += end.points;
      bytes += end.bytes;
      if (segment === null) problems.push(invalid('k6-no-samples', `${basename(file)} has no sample of this plan.`, 'That segment of k6 did not get as far as its first request: read its log.'));
      if (end.torn) problems.push(invalid('k6-file-torn', `${basename(file)} ends in the middle of a line.`, 'k6 was killed while it wrote, or the file was copied too early: copy it again, or run again.'));
    }
    if (pass === 0) problems.push(...coverage(segments, plan.segments));
    parts.push(...[...books.values()].map(({ part, tally, segments: own }): Merged['parts'][number] => ({ part, result: { ...tally.result(), ended: 'complete', findings: [...problems, ...partFindings(part, tally, own)] } })));
  }
  return { points, bytes, parts };
}

const invalid = (code: string, message: string, remedy: string): Finding => ({ severity: 'invalid', code, message, remedy });

/** What the tags of a point say, and which books they belong to. */
interface Place {
  book: Book | null;
  own: SegmentPart | null;
  kind: PointKind | null;
  plan: string | undefined;
  segment: string | undefined;
}

const NOWHERE: Place = { book: null, own: null, kind: null, plan: undefined, segment: undefined };

async function readSegment(file: string, plan: K6Plan, books: ReadonlyMap<string, Book>, signal: AbortSignal | undefined): Promise<{ end: StreamEnd; segment: string | null }> {
  const own = new Map<Book, SegmentPart>();
  const room: EarlyRoom = { left: EARLY_POINTS };
  for (const book of books.values()) {
    const part = new SegmentPart(book.part, book.tally, plan.segments, room);
    own.set(book, part);
    book.segments.push({ file: basename(file), part });
  }
  const place = remembered((tags: Tags): Place => {
    const book = books.get(`${tags['workload']}_${tags['round']}`);
    if (book === undefined) return { ...NOWHERE, plan: tags['plan'], segment: tags['segment'] };
    return { book, own: own.get(book) ?? null, kind: book.tally.kindOf(tags), plan: tags['plan'], segment: tags['segment'] };
  });
  let segment: string | null = null;
  const end = await readPoints(
    file,
    WANTED,
    (metric, timeMs, value, text) => {
      // Most requests open no connection: their zeros need no tags.
      if (value === 0 && (metric === CONNECTING || metric === TLS)) return;
      const { book, own: part, kind, plan: id, segment: named } = place(text);
      if (metric === START) {
        if (id !== plan.id) throw new BenchError(EXIT.usage, `${file} is of another run: its plan is ${id ?? 'unknown'}, not ${plan.id}`, { hint: 'Give only the files that this plan produced.' });
        segment = named ?? '0:1';
        if (part?.begin(value) === false) throw new BenchError(EXIT.usage, `${file} begins twice: ${book === null ? 'a part' : `${book.part.workload}, round ${book.part.round + 1},`} has two starts in it`, { hint: 'It is two files in one, or one file twice: give each file by itself, as k6 wrote it.' });
        return;
      }
      if (book === null || part === null || kind === null) return;
      if (metric !== LATENCY && metric !== ITERATION && metric !== DROPPED) return book.tally.detail(DETAIL[metric] ?? METRIC.waiting, kind, value);
      part.point(metric, kind, timeMs, value);
      if (room.left < 0) throw new BenchError(EXIT.usage, `${file} does not say when it began: more than ${EARLY_POINTS.toLocaleString('en-US')} points of ${book.part.workload} come before that`, { hint: 'Its beginning is missing, or it was not written by the script of this plan: copy it again.' });
    },
    { signal },
  );
  for (const part of own.values()) part.close();
  return { end, segment };
}

const DETAIL: Readonly<Record<number, (typeof METRIC)['service' | 'waiting' | 'connecting' | 'tls']>> = { [SERVICE]: METRIC.service, [WAITING]: METRIC.waiting, [CONNECTING]: METRIC.connecting, [TLS]: METRIC.tls };
