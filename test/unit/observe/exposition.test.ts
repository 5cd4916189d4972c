import fc from 'fast-check';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { firstMalformed, parseSample, readExposition } from '../../../src/observe/exposition.ts';

const all = (): boolean => true;

/** A label value as the format writes it. */
const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');

const metricName = fc.stringMatching(/^[a-zA-Z_:][a-zA-Z0-9_:]{0,20}$/);
const labelName = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,10}$/).filter((name) => name !== '__proto__');
const labelValue = fc.string({ unit: 'binary', maxLength: 20 }).filter((text) => !/\r/.test(text));
const number = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY));
const written = (value: number): string => (Number.isNaN(value) ? 'NaN' : value === Number.POSITIVE_INFINITY ? '+Inf' : value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value));
const sample = fc.record({
  name: metricName,
  labels: fc.dictionary(labelName, labelValue, { maxKeys: 4 }),
  value: number,
  timestamp: fc.option(fc.integer(), { nil: undefined }),
  exemplar: fc.option(fc.record({ trace: labelValue, value: fc.double({ noNaN: true, noDefaultInfinity: true }) }), { nil: undefined }),
  gap: fc.constantFrom(' ', '\t', '  '),
  trailing: fc.constantFrom('', ' ', ','),
});
type Written = typeof sample extends fc.Arbitrary<infer T> ? T : never;

function lineOf({ name, labels, value, timestamp, exemplar, gap, trailing }: Written): string {
  const pairs = Object.entries(labels).map(([key, each]) => `${key}="${escaped(each)}"`);
  const braces = pairs.length === 0 ? '' : `{${pairs.join(',')}${trailing}}`;
  return `${name}${braces}${gap}${written(value)}${timestamp === undefined ? '' : `${gap}${timestamp}`}${exemplar === undefined ? '' : ` # {trace_id="${escaped(exemplar.trace)}"} ${exemplar.value}`}`;
}

describe('the parser of the text format', () => {
  it('reads back whatever was written, with any labels, special values, timestamps and exemplars', () => {
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 20 }), fc.constantFrom('\n', '\r\n'), (samples, newline) => {
        const text = samples.map((each) => `# HELP ${each.name} about\n# TYPE ${each.name} gauge\n${lineOf(each)}`).join(newline);
        const read = readExposition(text, all);
        expect(read.malformed).toBeNull();
        // A zero has no sign in the text.
        expect(read.samples.map((each) => ({ ...each, value: each.value === 0 ? 0 : each.value }))).toEqual(samples.map(({ name, labels, value }) => ({ name, labels: { ...labels }, value: value === 0 ? 0 : value })));
        expect(firstMalformed(text)).toBeNull();
      }),
    );
  });

  it('takes any text at all, and never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.array(fc.constantFrom('a', '{', '}', '"', '\\', '=', ',', ' ', '\n', '#', '1', 'NaN', 'le'), { maxLength: 60 }).map((parts) => parts.join(''))), (text) => {
        const read = readExposition(text, all);
        for (const { name, value } of read.samples) expect([typeof name, typeof value]).toEqual(['string', 'number']);
        firstMalformed(text);
      }),
    );
  });

  it('agrees with what prom-client writes', async () => {
    const registry = new Registry();
    const registers = [registry];
    new Counter({ name: 'jobs_total', help: 'with "quotes" and \\', labelNames: ['status'], registers }).inc({ status: 'do"ne\n\\' }, 3);
    new Gauge({ name: 'queue_length', help: 'x', registers }).set(7.5);
    const histogram = new Histogram({ name: 'took_seconds', help: 'x', buckets: [0.1, 1], registers });
    [0.05, 0.5, 5].forEach((each) => histogram.observe(each));
    const { samples, families } = readExposition(await registry.metrics(), all);
    expect(samples).toEqual([
      { name: 'jobs_total', labels: { status: 'do"ne\n\\' }, value: 3 },
      { name: 'queue_length', labels: {}, value: 7.5 },
      { name: 'took_seconds_bucket', labels: { le: '0.1' }, value: 1 },
      { name: 'took_seconds_bucket', labels: { le: '1' }, value: 2 },
      { name: 'took_seconds_bucket', labels: { le: '+Inf' }, value: 3 },
      { name: 'took_seconds_sum', labels: {}, value: 5.55 },
      { name: 'took_seconds_count', labels: {}, value: 3 },
    ]);
    expect([...families]).toEqual(['jobs_total', 'queue_length', 'took_seconds', 'took_seconds_bucket', 'took_seconds_sum', 'took_seconds_count']);
  });

  // From the documents of both formats: https://prometheus.io/docs/instrumenting/exposition_formats, OpenMetrics 1.0 §5.
  it.each([
    ['msdos_file_access_time_seconds{path="C:\\\\DIR\\\\FILE.TXT",error="Cannot find file:\\n\\"FILE.TXT\\""} 1.458255915e9', { name: 'msdos_file_access_time_seconds', labels: { path: 'C:\\DIR\\FILE.TXT', error: 'Cannot find file:\n"FILE.TXT"' }, value: 1458255915 }],
    ['something_weird{problem="division by zero"} +Inf -3982045', { name: 'something_weird', labels: { problem: 'division by zero' }, value: Number.POSITIVE_INFINITY }],
    ['foo_bucket{le="0.1"} 8 # {} 0.054', { name: 'foo_bucket', labels: { le: '0.1' }, value: 8 }],
    ['foo_bucket{le="10"} 17 1520879607.789 # {trace_id="oHg5SJYRHA0"} 9.8 1520879607.789', { name: 'foo_bucket', labels: { le: '10' }, value: 17 }],
    ['{"my.dotted.metric", "region"="eu west", n="1"} 4', { name: 'my.dotted.metric', labels: { region: 'eu west', n: '1' }, value: 4 }],
    ['a{b="x}y#z, c=\\"1\\""} 2', { name: 'a', labels: { b: 'x}y#z, c="1"' }, value: 2 }],
    ['metric_without_labels 12.47', { name: 'metric_without_labels', labels: {}, value: 12.47 }],
    ['quiet NaN', { name: 'quiet', labels: {}, value: Number.NaN }],
  ])('%s', (line, expected) => expect(parseSample(line)).toEqual(expected));

  it.each(['<html>', 'name', 'name{', 'name{a="b" 1', 'name{a=b} 1', '1name 2', 'name one', 'name 1 2 3', '{a="b"} 1', 'name-with-dash 1', '{"status":"ok"}'])('no sample: %s', (line) => expect(parseSample(line)).toBeNull());

  it('says where the first wrong line of what is wanted is, and reads on', () => {
    expect(readExposition('other{ 1\nwanted 1\nwanted{x 2\nwanted{y="1"} 3\n', (name) => name === 'wanted')).toMatchObject({ samples: [{ value: 1 }, { value: 3 }], malformed: { line: 3, text: 'wanted{x 2' } });
  });

  it('finds two samples in ten megabytes without reading the rest of it', () => {
    const line = 'other_metric_total{label="value",another="of many"} 12345\n';
    const text = `${line.repeat(Math.ceil(5_000_000 / line.length))}wanted 1\n${line.repeat(Math.ceil(5_000_000 / line.length))}wanted{a="b"} 2`;
    expect(text.length).toBeGreaterThan(10_000_000);
    expect(readExposition(text, (name) => name === 'wanted').samples.map(({ value }) => value)).toEqual([1, 2]);
  });
});
