import { Histogram, type HistogramData } from '../../load/histogram.ts';
import type { ErrorGroup, HttpWindow, Labels, RequestCounts } from '../../record/schema.ts';
import { Seconds, secondsRoom } from '../merge/seconds.ts';
import type { Declared } from '../ndjson/points.ts';
import { remembered, type Tags } from '../ndjson/tags.ts';

/** What is asked of a script's points: metrics of k6 (`checks`), their parts with one tag, and tags whose every value is a part. */
export interface Wanted {
  keys: readonly string[];
  tags: readonly string[];
  warmupMs: number;
}

/** Figures of one metric, or of its part with one tag. */
export type Lane = { key: string; labels: Labels; type: 'trend'; samples: HistogramData } | { key: string; labels: Labels; type: 'rate'; trues: number; n: number } | { key: string; labels: Labels; type: 'counter'; sum: number; n: number };

export interface ScriptFigures {
  lanes: Lane[];
  requests: RequestCounts[];
  windows: HttpWindow[];
  /** From the end of the warm-up to the last point. */
  measuredMs: number;
  iterations: number;
  dropped: number;
  /** Trends that are not of time, and gauges: nothing here can say how good they are. */
  unread: string[];
  /** Hosts that requests went to and that are not the target's, each with one URL. */
  strangers: string[];
}

/** Read of every script. */
const ALWAYS = ['http_req_duration', 'http_req_failed', 'http_reqs', 'iteration_duration', 'checks', 'iterations', 'dropped_iterations'] as const;
const RECORDED = ['http_req_duration', 'http_req_failed', 'http_reqs', 'iteration_duration', 'checks'] as const;
/** Of which the tags make parts of their own. */
const TAGGED = new Set(['http_req_duration', 'http_req_failed', 'http_reqs', 'checks']);
/** A tag with more values than this is an id, not a kind of request. */
const MOST_VALUES = 100;

interface Book {
  key: string;
  labels: Labels;
  histogram: Histogram | null;
  n: number;
  sum: number;
}

interface RequestBook {
  labels: Labels;
  counts: Omit<RequestCounts, 'labels' | 'errors'>;
  errors: Map<string, ErrorGroup>;
}

/** What the tags of a point of one metric say, worked out once. */
interface Place {
  skip: boolean;
  books: readonly Book[];
  requests: readonly RequestBook[];
  tags: Tags;
}

/** The books of one round of a script, filled by the points of all segments, one after the other. Times are ms since 1970. */
export class ScriptTally {
  readonly metrics: readonly string[];
  readonly #wanted: Wanted;
  readonly #host: string;
  readonly #declared = new Map<string, Declared>();
  readonly #books = new Map<string, Book>();
  readonly #requests = new Map<string, RequestBook>();
  readonly #places: ((text: string) => Place)[];
  readonly #seconds = new Seconds(secondsRoom());
  readonly #strangers = new Map<string, string>();
  #startMs: number | null = null;
  #measuredMs = 0;
  #iterations = 0;
  #dropped = 0;

  /** @param host of the target, with its port: `127.0.0.1:8080` */
  constructor(wanted: Wanted, host: string) {
    this.#wanted = wanted;
    this.#host = host;
    this.metrics = [...new Set([...ALWAYS, ...wanted.keys.map(nameOf)])];
    this.#places = this.metrics.map((metric) => remembered((tags) => this.#placeOf(metric, tags)));
    this.#request({});
  }

  /** The points that follow are those of the next segment, on its own clock. */
  nextSegment(): void {
    this.#startMs = null;
  }

  /** When the segment's first point was, on its clock. */
  get startMs(): number | null {
    return this.#startMs;
  }

  declare(declared: Declared): void {
    this.#declared.set(declared.metric, declared);
  }

  /** @param index of the metric in `metrics` */
  point(index: number, timeMs: number, value: number, text: string): void {
    const place = this.#places[index]?.(text);
    if (place === undefined || place.skip) return;
    this.#startMs ??= timeMs;
    const atMs = timeMs - this.#startMs - this.#wanted.warmupMs;
    if (atMs < 0) return;
    if (atMs > this.#measuredMs) this.#measuredMs = atMs;
    const metric = this.metrics[index];
    for (const book of place.books) {
      book.n += 1;
      book.sum += value;
      book.histogram?.record(value * 1_000);
    }
    if (metric === 'iterations') this.#iterations += value;
    else if (metric === 'dropped_iterations') {
      this.#dropped += value;
      for (let each = 0; each < value; each += 1) this.#seconds.dropped(atMs);
    } else if (metric === 'http_req_duration') this.#answered(atMs, value, place);
  }

  figures(): ScriptFigures {
    return {
      lanes: [...this.#books.values()].flatMap((book) => laneOf(book, this.#typeOf(nameOf(book.key)))),
      requests: [...this.#requests.values()].map(({ labels, counts, errors }) => ({ labels, ...counts, errors: [...errors.values()] })),
      windows: this.#seconds.windows(),
      measuredMs: this.#measuredMs,
      iterations: this.#iterations,
      dropped: this.#dropped,
      unread: [...new Set(this.#wanted.keys.map(nameOf))].filter((name) => this.#declared.has(name) && this.#typeOf(name) === null),
      strangers: [...this.#strangers.values()],
    };
  }

  #answered(atMs: number, durationMs: number, { tags, requests }: Place): void {
    const failed = tags['expected_response'] === 'false';
    const timedOut = tags['error_code'] === '1050';
    this.#seconds.offered(atMs - durationMs);
    if (failed) this.#seconds.failed(atMs, timedOut ? durationMs * 1_000 : null);
    else this.#seconds.completed(atMs, durationMs * 1_000);
    for (const { counts, errors } of requests) {
      counts.sent += 1;
      if (failed) counts.failed += 1;
      else counts.completed += 1;
      const status = tags['status'] ?? '0';
      if (status !== '0') counts.statuses[status] = (counts.statuses[status] ?? 0) + 1;
      if (!failed) continue;
      const kind = kindOf(Number(tags['error_code'] ?? 0), status);
      const group = errors.get(kind);
      if (group === undefined) errors.set(kind, { kind, count: 1, example: `${tags['method'] ?? 'request'} ${tags['name'] ?? tags['url'] ?? ''}: ${tags['error'] ?? status}` });
      else group.count += 1;
    }
  }

  #placeOf(metric: string, tags: Tags): Place {
    // What setup() and teardown() send is no part of the load.
    const skip = tags['group'] === '::setup' || tags['group'] === '::teardown';
    if (skip) return { skip, books: [], requests: [], tags };
    if (metric === 'http_req_duration') this.#lookAt(tags['url'] ?? tags['name']);
    const own = this.#wanted.keys.filter((key) => nameOf(key) === metric && holds(key, tags));
    const values = TAGGED.has(metric) ? this.#wanted.tags.flatMap((tag) => (tags[tag] === undefined ? [] : [{ tag, value: tags[tag] }])) : [];
    const keys = [...(RECORDED.some((each) => each === metric) ? [metric] : []), ...own, ...values.map(({ tag, value }) => `${metric}{${tag}:${shown(value)}}`)];
    const books = [...new Set(keys)].flatMap((key) => this.#book(key, labelsOf(key)) ?? []);
    const requests = metric === 'http_req_duration' ? [{}, ...values.map(({ tag, value }) => ({ [tag]: shown(value) }))].flatMap((labels) => this.#request(labels) ?? []) : [];
    return { skip, books, requests, tags };
  }

  #lookAt(url: string | undefined): void {
    if (url === undefined || !URL.canParse(url)) return;
    const { host } = new URL(url);
    if (host === '' || host === this.#host || this.#strangers.has(host) || this.#strangers.size >= MOST_VALUES) return;
    this.#strangers.set(host, url);
  }

  #book(key: string, labels: Labels): Book | null {
    const found = this.#books.get(key);
    if (found !== undefined) return found;
    if (this.#books.size > MOST_VALUES * (1 + this.#wanted.tags.length)) return null;
    const made: Book = { key, labels, histogram: this.#typeOf(nameOf(key)) === 'trend' ? new Histogram() : null, n: 0, sum: 0 };
    this.#books.set(key, made);
    return made;
  }

  #request(labels: Labels): RequestBook | null {
    const key = JSON.stringify(labels);
    const found = this.#requests.get(key);
    if (found !== undefined) return found;
    if (this.#requests.size > MOST_VALUES) return null;
    const made: RequestBook = { labels, counts: { sent: 0, completed: 0, failed: 0, statuses: {} }, errors: new Map() };
    this.#requests.set(key, made);
    return made;
  }

  /** Null where it is nothing that can be judged. */
  #typeOf(metric: string): Lane['type'] | null {
    const declared = this.#declared.get(metric);
    if (declared?.kind === 'trend') return declared.contains === 'time' ? 'trend' : null;
    return declared?.kind === 'rate' || declared?.kind === 'counter' ? declared.kind : null;
  }
}

export const nameOf = (key: string): string => key.split('{')[0] ?? key;

/** `http_req_duration{endpoint:health}` → `{ endpoint: 'health' }` */
function labelsOf(key: string): Labels {
  const match = /\{([^:]+):(.*)\}$/.exec(key);
  return match?.[1] === undefined || match[2] === undefined ? {} : { [match[1]]: match[2] };
}

function holds(key: string, tags: Tags): boolean {
  return Object.entries(labelsOf(key)).every(([tag, value]) => tags[tag] === value);
}

/** A value as it can stand in a metric's key. */
const shown = (value: string): string => value.replaceAll(/[{},=]/g, '_').slice(0, 100);

function laneOf({ key, labels, histogram, n, sum }: Book, type: Lane['type'] | null): Lane[] {
  if (type === null || n === 0) return [];
  if (type === 'trend') return histogram === null ? [] : [{ key, labels, type, samples: histogram.toData() }];
  return type === 'rate' ? [{ key, labels, type, trues: sum, n }] : [{ key, labels, type, sum, n }];
}

/** k6's error codes: 1050 time-out, 11xx DNS, 12xx TCP, 13xx TLS, 14xx and 15xx by status. */
function kindOf(code: number, status: string): string {
  if (code === 1_050 || code === 1_211) return 'timeout';
  if (code >= 1_100 && code < 1_200) return 'dns';
  if (code === 1_212) return 'refused';
  if (code === 1_201 || code === 1_220) return 'reset';
  if (code >= 1_300 && code < 1_400) return 'tls';
  if (status.startsWith('4')) return '4xx';
  if (status.startsWith('5')) return '5xx';
  return 'other';
}
