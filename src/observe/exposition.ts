import { unescaped } from './selector.ts';

/** One sample of a text endpoint. Timestamps and exemplars are read over: what counts is when we asked. */
export interface Sample {
  name: string;
  labels: Readonly<Record<string, string>>;
  /** NaN and ±Infinity as they were written. */
  value: number;
}

/** A line that is no sample, counted from 1. */
export interface Malformed {
  line: number;
  text: string;
}

export interface Exposition {
  samples: Sample[];
  /** Of the wanted ones: families that are declared (`# TYPE`) or have samples. */
  families: ReadonlySet<string>;
  /** The first wanted sample that cannot be read. */
  malformed: Malformed | null;
}

const SPACE = 32;
const TAB = 9;
const HASH = 35;
const BRACE = 123;

/**
 * Reads the samples whose name is wanted from text in Prometheus' exposition format 0.0.4 or OpenMetrics 1.0 (exemplars, `# EOF`,
 * quoted names of Prometheus 3). The names of the other lines are looked at and nothing else, so that megabytes cost little. Pure.
 */
export function readExposition(text: string, wanted: (name: string) => boolean): Exposition {
  const samples: Sample[] = [];
  const families = new Set<string>();
  let malformed: Malformed | null = null;
  let number = 0;
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    number += 1;
    let at = start;
    while (at < end && isBlank(text.charCodeAt(at))) at += 1;
    start = end + 1;
    if (at === end || (at === end - 1 && text[at] === '\r')) continue;
    if (text.charCodeAt(at) === HASH) {
      const declared = declaredIn(text, at, end);
      if (declared !== null && wanted(declared)) families.add(declared);
      continue;
    }
    if (text.charCodeAt(at) !== BRACE) {
      let stop = at;
      while (stop < end && !isBlank(text.charCodeAt(stop)) && text.charCodeAt(stop) !== BRACE) stop += 1;
      if (!wanted(text.slice(at, stop))) continue;
    }
    const line = text.slice(at, end).trimEnd();
    const sample = parseSample(line);
    if (sample === null) {
      malformed ??= { line: number, text: line };
    } else if (wanted(sample.name)) {
      families.add(sample.name);
      samples.push(sample);
    }
  }
  return { samples, families, malformed };
}

/** The first line that is neither a sample, a comment nor empty; null where all are right. Looks at no more than `most` lines. */
export function firstMalformed(text: string, most = 10_000): Malformed | null {
  let number = 0;
  for (let start = 0; start < text.length && number < most; ) {
    const newline = text.indexOf('\n', start);
    const line = text.slice(start, newline === -1 ? text.length : newline).trim();
    start = newline === -1 ? text.length : newline + 1;
    number += 1;
    if (line !== '' && !line.startsWith('#') && parseSample(line) === null) return { line: number, text: line };
  }
  return null;
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*/;
const QUOTED = /^"((?:[^"\\]|\\.)*)"\s*(?:,\s*|(?=\}))/;
const LABEL = /^\s*(?:([a-zA-Z_][a-zA-Z0-9_]*)|"((?:[^"\\]|\\.)*)")\s*=\s*"((?:[^"\\]|\\.)*)"\s*(?:,|(?=\}))/;
/** Value, timestamp where there is one, exemplar where there is one. */
const TAIL = /^\s*(\S+)(?:\s+(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?))?\s*(?:#\s*\{.*)?$/s;

/** One line without its line break; null where it is no sample. */
export function parseSample(line: string): Sample | null {
  let name = NAME.exec(line)?.[0];
  let rest = line.slice(name?.length ?? 0).trimStart();
  const labels: Record<string, string> = {};
  if (rest.startsWith('{')) {
    rest = rest.slice(1).trimStart();
    if (name === undefined) {
      const quoted = QUOTED.exec(rest);
      if (quoted === null) return null;
      name = unescaped(quoted[1] ?? '');
      rest = rest.slice(quoted[0].length);
    }
    for (let found = LABEL.exec(rest); found !== null; found = LABEL.exec(rest)) {
      labels[found[1] ?? unescaped(found[2] ?? '')] = unescaped(found[3] ?? '');
      rest = rest.slice(found[0].length);
    }
    rest = rest.trimStart();
    if (!rest.startsWith('}')) return null;
    rest = rest.slice(1);
  } else if (name !== undefined && !/^\s/.test(line.slice(name.length))) {
    return null;
  }
  const value = numberOf(TAIL.exec(rest)?.[1]);
  return name === undefined || value === undefined ? null : { name, labels, value };
}

/** A number as Go's ParseFloat takes it, but for its hexadecimal form. */
function numberOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) return Number(text);
  if (/^[+-]?nan$/i.test(text)) return Number.NaN;
  if (/^\+?inf(?:inity)?$/i.test(text)) return Number.POSITIVE_INFINITY;
  return /^-inf(?:inity)?$/i.test(text) ? Number.NEGATIVE_INFINITY : undefined;
}

/** `# TYPE name counter` → `name` */
function declaredIn(text: string, at: number, end: number): string | null {
  return /^#\s*TYPE\s+(\S+)/.exec(text.slice(at, Math.min(end, at + 300)))?.[1] ?? null;
}

const isBlank = (code: number): boolean => code === SPACE || code === TAB;
