import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NotNdjson, PointReader } from '../../../src/k6/ndjson/points.ts';
import { tagsOf, type Tags } from '../../../src/k6/ndjson/tags.ts';

/** From the output of k6 2.2.0. */
const RECORDED = `{"type":"Metric","data":{"name":"http_req_duration","type":"trend","contains":"time","thresholds":[],"submetrics":[{"name":"http_req_duration{endpoint:health}","suffix":"endpoint:health","tags":{"endpoint":"health"}}]},"metric":"http_req_duration"}
{"metric":"http_req_duration","type":"Point","data":{"time":"2026-11-21T23:55:54.953612416Z","value":35.926418,"tags":{"endpoint":"health","expected_response":"true","group":"","method":"GET","name":"http://127.0.0.1:9930/health","proto":"HTTP/1.1","scenario":"health","status":"200","url":"http://127.0.0.1:9930/health"}}}
{"metric":"http_req_blocked","type":"Point","data":{"time":"2026-11-21T23:55:54.953612416Z","value":0.943357,"tags":{"endpoint":"health"}}}
{"type":"Metric","data":{"name":"http_req_failed","type":"rate","contains":"default","thresholds":["rate<0.01"],"submetrics":null},"metric":"http_req_failed"}
{"metric":"http_req_failed","type":"Point","data":{"time":"2026-11-21T23:55:55.08877745Z","value":0,"tags":{"endpoint":"health"}}}
{"metric":"vus","type":"Point","data":{"time":"2026-11-21T23:55:55.904096197Z","value":0,"tags":{}}}
`;

function read(text: string | Buffer, metrics: string[], cut = 1 << 20) {
  const found: { metric: string; timeMs: number; value: number; tags: Tags }[] = [];
  const reader = new PointReader(metrics, (metric, timeMs, value, tags) => found.push({ metric: metrics[metric]!, timeMs, value, tags: tagsOf(tags) }));
  const data = Buffer.from(text);
  for (let at = 0; at < data.length; at += cut) reader.push(data.subarray(at, at + cut));
  return { found, end: reader.end() };
}

describe('points of k6', () => {
  it('hands on the points of wanted metrics, and knows of thresholds', () => {
    const { found, end } = read(RECORDED, ['http_req_duration', 'http_req_failed']);
    expect(found).toEqual([
      { metric: 'http_req_duration', timeMs: Date.UTC(2026, 10, 21, 23, 55, 54) + 953.612416, value: 35.926418, tags: expect.objectContaining({ endpoint: 'health', group: '', url: 'http://127.0.0.1:9930/health' }) as Tags },
      { metric: 'http_req_failed', timeMs: Date.UTC(2026, 10, 21, 23, 55, 55) + 88.77745, value: 0, tags: { endpoint: 'health' } },
    ]);
    expect(end).toMatchObject({ points: 4, lines: 6, torn: false, thresholds: ['http_req_failed'], bytes: RECORDED.length });
  });

  it('does not care where the pieces are cut', () => {
    const whole = read(RECORDED, ['http_req_duration', 'vus']);
    for (const cut of [1, 7, 64, 300]) expect(read(RECORDED, ['http_req_duration', 'vus'], cut)).toEqual(whole);
  });

  it('reads what JSON.parse reads: any value, any tags, any time', () => {
    const tags = fc.dictionary(fc.string({ maxLength: 8 }), fc.string({ unit: 'grapheme', maxLength: 12 }), { maxKeys: 4 });
    const value = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(tags, value, fc.integer({ min: 0, max: 4e12 }), fc.nat(999_999), (givenTags, givenValue, ms, nanos) => {
        const time = `${new Date(ms).toISOString().slice(0, -1)}${String(nanos).padStart(6, '0')}Z`;
        const line = { metric: 'm', type: 'Point', data: { time, value: givenValue, tags: givenTags } };
        const { found } = read(`${JSON.stringify(line)}\n`, ['m']);
        expect(found).toHaveLength(1);
        expect(found[0]!.timeMs).toBeCloseTo(ms + nanos / 1e6, 2);
        expect(found[0]!.value).toBeCloseTo(givenValue, 9);
        expect(found[0]!.tags).toEqual({ ...givenTags });
      }),
    );
  });

  it('takes offsets, other orders of fields, and metadata', () => {
    const odd = '{"type":"Point","metric":"m","data":{"value":1.5e2,"time":"2026-01-01T02:00:00.5+02:00","tags":{"é":"ü"}}}\n{"metric":"m","type":"Point","data":{"time":"2026-01-01T00:00:01Z","value":1,"tags":{"a":"b"},"metadata":{"vu":"7"}}}';
    expect(read(odd, ['m']).found).toEqual([
      { metric: 'm', timeMs: Date.UTC(2026, 0, 1, 0, 0, 0, 500), value: 150, tags: { é: 'ü' } },
      { metric: 'm', timeMs: Date.UTC(2026, 0, 1, 0, 0, 1), value: 1, tags: { a: 'b' } },
    ]);
  });

  it('a line that stops in the middle at the end is torn, one in between is an error with its number', () => {
    expect(read(RECORDED.slice(0, -10), ['vus']).end).toMatchObject({ torn: true, points: 3 });
    expect(() => read(`${RECORDED}{"metric":"vus","ty\n`, ['vus'])).toThrow(NotNdjson);
    expect(() => read('hello\n', ['vus'])).toThrow("line 1 is not a point of k6's JSON output: hello");
  });
});
