import { parseLine } from './line.ts';
import { timeMsOf } from './time.ts';

/** One sample of a metric. `tags`: JSON as bytes of a latin1 string, the same for the same tags of a file, so a cheap key; `tagsOf` reads it. */
export type OnPoint = (metric: number, timeMs: number, value: number, tags: string) => void;

/** A metric as k6 declares it before its first point: `trend` of `time`, `rate` of `default`. */
export interface Declared {
  metric: string;
  kind: string;
  contains: string;
}

/** What a file was, besides its points. */
export interface StreamEnd {
  points: number;
  lines: number;
  bytes: number;
  /** It ended in the middle of a line. */
  torn: boolean;
  /** Metrics whose declaration has thresholds. */
  thresholds: string[];
}

/** A line that is not k6's; `line` counts from 1. */
export class NotNdjson extends Error {
  readonly line: number;

  constructor(line: number, found: string) {
    super(`line ${line} is not a point of k6's JSON output: ${found}`);
    this.name = 'NotNdjson';
    this.line = line;
  }
}

const NEWLINE = 10;
const QUOTE = 34;
const OPENING = Buffer.from('{"metric":"');
const BETWEEN = Buffer.from('","type":"Point","data":{"time":"');
const VALUE = Buffer.from('","value":');
const TAGS = Buffer.from(',"tags":');
/** A line can hold an error's text, not a book. */
const MAX_LINE_BYTES = 4_000_000;

/**
 * Reads `k6 --out json` as it comes, in pieces of any size. Lines of metrics that nobody wants cost the search for their
 * end; those that are wanted are read byte by byte in the form k6 writes, and by JSON.parse in any other. Memory: one piece.
 */
export class PointReader {
  readonly #wanted: readonly Buffer[];
  readonly #names: readonly string[];
  readonly #onPoint: OnPoint;
  readonly #onDeclared: ((declared: Declared) => void) | undefined;
  readonly #clock = new Clock();
  #rest: Buffer | null = null;
  #end: StreamEnd = { points: 0, lines: 0, bytes: 0, torn: false, thresholds: [] };

  /** @param metrics those that are handed on; `onPoint` gets their place in this list */
  constructor(metrics: readonly string[], onPoint: OnPoint, onDeclared?: (declared: Declared) => void) {
    this.#names = metrics;
    this.#wanted = metrics.map((name) => Buffer.from(name));
    this.#onPoint = onPoint;
    this.#onDeclared = onDeclared;
  }

  /** @param chunk may be used again afterwards: nothing of it is kept */
  push(chunk: Buffer): void {
    this.#end.bytes += chunk.length;
    const from = this.#rest === null ? 0 : this.#finish(this.#rest, chunk);
    if (from !== -1) this.#lines(chunk, from);
    if ((this.#rest?.length ?? 0) > MAX_LINE_BYTES) throw new NotNdjson(this.#end.lines + 1, `it has more than ${MAX_LINE_BYTES} bytes`);
  }

  /** The stream has ended. A last line without a line end counts where it is whole. */
  end(): StreamEnd {
    if (this.#rest !== null) {
      const rest = this.#rest;
      this.#rest = null;
      if (isWhole(rest)) this.#line(rest, 0, rest.length);
      else this.#end.torn = true;
    }
    return this.#end;
  }

  /** The line that began in the piece before. Returns where the next one begins; -1: it goes on. */
  #finish(rest: Buffer, chunk: Buffer): number {
    const to = chunk.indexOf(NEWLINE);
    const line = Buffer.concat([rest, to === -1 ? chunk : chunk.subarray(0, to)]);
    this.#rest = to === -1 ? line : null;
    if (to !== -1) this.#line(line, 0, line.length);
    return to === -1 ? -1 : to + 1;
  }

  #lines(data: Buffer, begin: number): void {
    let from = begin;
    for (let to = data.indexOf(NEWLINE, from); to !== -1; to = data.indexOf(NEWLINE, from)) {
      this.#line(data, from, to);
      from = to + 1;
    }
    this.#rest = from === data.length ? null : Buffer.from(data.subarray(from));
  }

  #line(data: Buffer, from: number, to: number): void {
    if (to === from) return;
    this.#end.lines += 1;
    if (!startsAt(data, from, to, OPENING)) return this.#slowly(data, from, to);
    const nameFrom = from + OPENING.length;
    let nameTo = nameFrom;
    while (nameTo < to && data[nameTo] !== QUOTE) nameTo += 1;
    if (!startsAt(data, nameTo, to, BETWEEN)) return this.#slowly(data, from, to);
    this.#end.points += 1;
    const metric = this.#metricAt(data, nameFrom, nameTo);
    if (metric === -1) return;
    const timeFrom = nameTo + BETWEEN.length;
    let timeTo = timeFrom;
    while (timeTo < to && data[timeTo] !== QUOTE) timeTo += 1;
    if (!startsAt(data, timeTo, to, VALUE)) return this.#again(data, from, to);
    const valueFrom = timeTo + VALUE.length;
    let valueTo = valueFrom;
    while (valueTo < to && data[valueTo] !== 44) valueTo += 1;
    if (!startsAt(data, valueTo, to, TAGS)) return this.#again(data, from, to);
    const tagsFrom = valueTo + TAGS.length;
    // `}}` closes data and line; what k6 calls metadata, where there is any, is in between.
    const tagsTo = to - 2;
    if (data[to - 1] !== 125 || data[tagsTo] !== 125 || data[tagsTo - 1] !== 125) return this.#again(data, from, to);
    const timeMs = this.#clock.at(data, timeFrom, timeTo);
    const value = numberAt(data, valueFrom, valueTo);
    if (Number.isNaN(timeMs) || Number.isNaN(value)) return this.#again(data, from, to);
    this.#onPoint(metric, timeMs, value, data.toString('latin1', tagsFrom, tagsTo));
  }

  #metricAt(data: Buffer, from: number, to: number): number {
    for (let index = 0; index < this.#wanted.length; index += 1) {
      const name = this.#wanted[index];
      if (name === undefined || name.length !== to - from) continue;
      let at = name.length - 1;
      while (at >= 0 && data[from + at] === name[at]) at -= 1;
      if (at < 0) return index;
    }
    return -1;
  }

  #again(data: Buffer, from: number, to: number): void {
    this.#end.points -= 1;
    this.#slowly(data, from, to);
  }

  #slowly(data: Buffer, from: number, to: number): void {
    const line = parseLine(data.toString('utf8', from, to), (found) => new NotNdjson(this.#end.lines, found));
    if (line.type === 'metric') {
      if (line.thresholds > 0 && !this.#end.thresholds.includes(line.metric)) this.#end.thresholds.push(line.metric);
      this.#onDeclared?.({ metric: line.metric, kind: line.kind, contains: line.contains });
      return;
    }
    this.#end.points += 1;
    const metric = this.#names.indexOf(line.metric);
    if (metric !== -1) this.#onPoint(metric, line.timeMs, line.value, line.tags);
  }
}

function startsAt(data: Buffer, from: number, to: number, what: Buffer): boolean {
  if (to - from < what.length) return false;
  for (let index = 0; index < what.length; index += 1) if (data[from + index] !== what[index]) return false;
  return true;
}

function isWhole(line: Buffer): boolean {
  try {
    JSON.parse(line.toString('utf8'));
    return true;
  } catch {
    return false;
  }
}

/** A JSON number; exact up to 15 digits, what has more or an exponent goes through Number. NaN for anything else. */
function numberAt(data: Buffer, from: number, to: number): number {
  let digits = 0;
  let value = 0;
  let scale = 0;
  for (let at = from; at < to; at += 1) {
    const code = data[at] ?? 0;
    if (code >= 48 && code <= 57) {
      value = value * 10 + (code - 48);
      digits += 1;
      if (scale !== 0) scale *= 10;
    } else if (code === 46 && scale === 0) scale = 1;
    else return Number(data.toString('latin1', from, to));
  }
  if (digits === 0 || digits > 15) return Number(data.toString('latin1', from, to));
  return scale > 1 ? value / scale : value;
}

/** Times as k6 writes them (RFC 3339, up to nanoseconds) in ms since 1970; the date up to the minute is worked out once. */
class Clock {
  #minute = Buffer.alloc(0);
  #minuteMs = Number.NaN;

  at(data: Buffer, from: number, to: number): number {
    const minuteTo = from + 17;
    if (to - from < 20) return Number.NaN;
    if (!startsAt(data, from, to, this.#minute) || this.#minute.length === 0 || data[to - 1] !== 90) return this.#anew(data, from, to);
    let seconds = (((data[minuteTo] ?? 0) - 48) * 10 + (data[minuteTo + 1] ?? 0) - 48) * 1_000;
    let unit = 100;
    for (let at = minuteTo + 3; at < to - 1; at += 1) {
      const digit = (data[at] ?? 0) - 48;
      if (digit < 0 || digit > 9) return Number.NaN;
      seconds += digit * unit;
      unit /= 10;
    }
    return this.#minuteMs + seconds;
  }

  #anew(data: Buffer, from: number, to: number): number {
    const text = data.toString('latin1', from, to);
    if (text.endsWith('Z')) {
      this.#minute = Buffer.from(text.slice(0, 17));
      this.#minuteMs = Date.parse(`${text.slice(0, 17)}00Z`);
    }
    return timeMsOf(text);
  }
}
