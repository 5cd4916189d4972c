import { readExposition, firstMalformed, type Exposition, type Sample } from './exposition.ts';
import type { SeriesSpec } from './schema.ts';
import { parseSelector, selects, type Selector } from './selector.ts';

/** What one look at the endpoint says of one series. */
export type Reading =
  | { kind: 'value'; value: number; left: number }
  | { kind: 'pair'; of: number; per: number; left: number }
  /** Counts of a histogram since the service started, by upper bound, cumulative and in order. */
  | { kind: 'buckets'; buckets: readonly (readonly [le: number, count: number])[]; sum: number | null; count: number }
  | { kind: 'problem'; problem: string };

/** A series of the endpoint with its selectors read. */
export interface EndpointSeries {
  of: readonly Selector[];
  per: readonly Selector[];
  histogram: Selector | null;
  across: SeriesSpec['across'];
  /** Of a counter: one that does not exist yet has counted nothing. */
  counts: boolean;
}

/** Of what the schema has let through. */
export function endpointSeries({ of, per, histogram, across, take }: Pick<SeriesSpec, 'of' | 'per' | 'histogram' | 'across' | 'take'>): EndpointSeries {
  return { of: selectors(of), per: selectors(per), histogram: selectors(histogram)[0] ?? null, across, counts: take === 'rate' || take === 'ratio' };
}

function selectors(written: string | readonly string[] | undefined): Selector[] {
  return [written ?? []].flat().map((text) => {
    const parsed = parseSelector(text);
    if (!parsed.ok) throw new Error(`${text} ${parsed.wrong}: the schema lets no such selector through`);
    return parsed.value;
  });
}

const LONGEST_SHOWN = 80;

/** One answer of the endpoint → a reading for each series, or why the whole of it is none. Pure. */
export function readAnswer(text: string, contentType: string, all: readonly EndpointSeries[]): { ok: true; readings: Reading[] } | { ok: false; problem: string } {
  if (/text\/html|application\/json/i.test(contentType) || /^\s*(?:<|\{\s*")/.test(text.slice(0, 200))) {
    return { ok: false, problem: `the endpoint answers ${/^\s*\{/.test(text) || /json/i.test(contentType) ? 'JSON' : 'HTML'}, not metrics as text: is the path right?` };
  }
  const names = new Set(all.flatMap(({ of, per, histogram }) => [...of, ...per].map(({ name }) => name).concat(histogram === null ? [] : [`${histogram.name}_bucket`, `${histogram.name}_sum`, `${histogram.name}_count`])));
  const found = readExposition(text, (name) => names.has(name) || names.has(`${name}_bucket`) || names.has(`${name}_total`));
  const readings = all.map((series) => readingOf(series, found));
  if (found.samples.length > 0 || found.families.size > 0) return { ok: true, readings };
  const malformed = found.malformed ?? firstMalformed(text);
  if (malformed !== null) return { ok: false, problem: `line ${malformed.line} is not in Prometheus' text format: ${malformed.text.slice(0, LONGEST_SHOWN)}` };
  return text.trim() === '' ? { ok: false, problem: 'the endpoint answers nothing' } : { ok: true, readings };
}

function readingOf({ of, per, histogram, across, counts }: EndpointSeries, found: Exposition): Reading {
  if (histogram !== null) return bucketsOf(histogram, found);
  const above = together(of, across, counts, found);
  if (typeof above === 'string') return { kind: 'problem', problem: above };
  if (per.length === 0) return { kind: 'value', ...above };
  const below = together(per, across, counts, found);
  if (typeof below === 'string') return { kind: 'problem', problem: below };
  return { kind: 'pair', of: above.value, per: below.value, left: above.left + below.left };
}

/** Samples of all selectors as one figure; values that are not finite are left out and counted. A sentence where there is none. */
function together(all: readonly Selector[], across: EndpointSeries['across'], counts: boolean, { samples, families, malformed }: Exposition): { value: number; left: number } | string {
  const values = all.flatMap((selector) => samples.filter((sample) => isMeant(selector, sample)).map(({ value }) => value));
  const finite = values.filter(Number.isFinite);
  if (finite.length > 0) return { value: combined(finite, across), left: values.length - finite.length };
  if (values.length > 0) return `every value is ${[...new Set(values.map(String))].join(' or ')}`;
  const names = all.map(({ name }) => name).join(', ');
  if (malformed !== null) return `line ${malformed.line} is not in Prometheus' text format: ${malformed.text.slice(0, LONGEST_SHOWN)}`;
  const known = all.some(({ name }) => families.has(name) || families.has(name.replace(/_total$/, '')));
  if (known && counts) return { value: 0, left: 0 };
  return known ? `${names} has no sample with these labels` : `the endpoint has no ${names}`;
}

const isMeant = (selector: Selector, { name, labels }: Sample): boolean => name === selector.name && selects(selector, labels);

function combined(values: readonly number[], across: EndpointSeries['across']): number {
  const sum = values.reduce((total, value) => total + value, 0);
  switch (across) {
    case 'sum':
      return sum;
    case 'avg':
      return sum / values.length;
    case 'max':
      return values.reduce((most, value) => Math.max(most, value));
    case 'min':
      return values.reduce((least, value) => Math.min(least, value));
  }
}

/** Buckets of all children of a histogram added up. */
function bucketsOf(histogram: Selector, { samples, families }: Exposition): Reading {
  const of = (suffix: string): Sample[] => samples.filter((sample) => sample.name === `${histogram.name}_${suffix}` && selects(histogram, sample.labels) && Number.isFinite(sample.value));
  const byBound = new Map<number, number>();
  for (const { labels, value } of of('bucket')) {
    const le = labels['le'] === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels['le'] ?? Number.NaN);
    if (!Number.isNaN(le)) byBound.set(le, (byBound.get(le) ?? 0) + value);
  }
  const total = (parts: readonly Sample[]): number => parts.reduce((sum, { value }) => sum + value, 0);
  const [sums, numbers] = [of('sum'), of('count')];
  if (byBound.size === 0) {
    // A histogram with labels that has counted nothing yet shows its type alone.
    if (families.has(histogram.name) || families.has(`${histogram.name}_count`)) return { kind: 'buckets', buckets: [], sum: 0, count: 0 };
    return { kind: 'problem', problem: `the endpoint has no histogram ${histogram.name}` };
  }
  const buckets = [...byBound].sort(([a], [b]) => a - b);
  return { kind: 'buckets', buckets, sum: sums.length === 0 ? null : total(sums), count: numbers.length === 0 ? (buckets.at(-1)?.[1] ?? 0) : total(numbers) };
}
