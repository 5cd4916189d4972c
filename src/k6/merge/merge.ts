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
import { SegmentPart } from './segment.ts';

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
 * Files one after the other, each as a stream. Throws a BenchError (2) for files that are none of k6's, or none of this plan.
 */
export async function mergeSegments(plan: K6Plan, files: readonly string[], hooks: MergeHooks = {}): Promise<Merged> {
  const books = new Map(plan.parts.map((part): [string, Book] => [partName(part), { part, tally: new PartTally(part.load, part.delayMs), segments: [] }]));
  const problems: Finding[] = [];
  const segments: { file: string; segment: string }[] = [];
  let [points, bytes] = [0, 0];
  for (const [index, file] of files.entries()) {
    hooks.onFile?.(file, index);
    const { end, segment } = await readSegment(file, plan, books, hooks.signal);
    points += end.points;
    bytes += end.bytes;
    if (segment !== null) segments.push({ file, segment });
    if (segment === null) problems.push(invalid('k6-no-samples', `${basename(file)} has no sample of this plan.`, 'That segment of k6 did not get as far as its first request: read its log.'));
    if (end.torn) problems.push(invalid('k6-file-torn', `${basename(file)} ends in the middle of a line.`, 'k6 was killed while it wrote, or the file was copied too early: copy it again, or run again.'));
  }
  problems.push(...coverage(segments, plan.segments));
  return {
    points,
    bytes,
    parts: [...books.values()].map(({ part, tally, segments: own }) => ({ part, result: { ...tally.result(), ended: 'complete', findings: [...problems, ...partFindings(part, tally, own)] } })),
  };
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
  for (const book of books.values()) {
    const part = new SegmentPart(book.part, book.tally, plan.segments);
    own.set(book, part);
    book.segments.push({ file: basename(file), part });
  }
  const place = remembered((tags: Tags): Place => {
    const book = books.get(`${tags['workload']}_${tags['round']}`);
    if (book === undefined) return NOWHERE;
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
      if (book === null || part === null || kind === null) return;
      switch (metric) {
        case LATENCY:
        case ITERATION:
          part.point(metric, kind, timeMs, value);
          break;
        case START:
          if (id !== plan.id) throw new BenchError(EXIT.usage, `${file} is of another run: its plan is ${id ?? 'unknown'}, not ${plan.id}`, { hint: 'Give only the files that this plan produced.' });
          segment = named ?? '0:1';
          part.begin(value);
          break;
        case DROPPED:
          for (let each = 0; each < value; each += 1) part.drop(timeMs);
          break;
        default:
          book.tally.detail(DETAIL[metric] ?? METRIC.waiting, kind, value);
      }
    },
    { signal },
  );
  return { end, segment };
}

const DETAIL: Readonly<Record<number, (typeof METRIC)['service' | 'waiting' | 'connecting' | 'tls']>> = { [SERVICE]: METRIC.service, [WAITING]: METRIC.waiting, [CONNECTING]: METRIC.connecting, [TLS]: METRIC.tls };
