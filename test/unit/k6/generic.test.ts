import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dueMs } from '../../../k6/generic/arrivals.ts';
import { multipartBody } from '../../../k6/generic/multipart.ts';
import { longerThan } from '../../../k6/generic/outcome.ts';
import * as k6 from '../../../k6/generic/values.ts';
import { stagesOf, timeOf, arrivalsBy, plannedArrivals } from '../../../src/k6/curve.ts';
import { makeK6Plan } from '../../../src/k6/make-plan.ts';
import { scheduleOf } from '../../../src/load/arrivals.ts';
import { BodySource } from '../../../src/load/body.ts';
import { valuesOf } from '../../../src/load/data.ts';
import { atPointer, type Json } from '../../../src/load/json-pointer.ts';
import type { BodyPlan, DataPlan, OpenPlan } from '../../../src/load/plan.ts';
import { fill } from '../../../src/load/template.ts';
import { SHARED, sharedText } from '../../../scripts/generate-k6-shared.js';
import { openPlan } from '../../support/k6/plans.ts';
import { ANY_CODE_POINT } from '../../support/any-text.ts';

describe('what the generic script has of its own is what the local engine does', () => {
  it('arrivals and random numbers are copies of the same text (else: npm run generate)', () => {
    for (const [name, source] of Object.entries(SHARED)) expect(readFileSync(new URL(`../../../k6/generic/${name}`, import.meta.url), 'utf8')).toBe(sharedText(source));
  });

  it('rows and generated values', () => {
    const rows = [{ email: 'a@b' }, { email: 'c@d' }, { email: 'e@f' }];
    for (const order of ['sequential', 'random'] as const) {
      const data: DataPlan = { rows, order, seed: 9, first: 4, generate: [{ name: 'id', generator: { type: 'uuid' } }, { name: 'n', generator: { type: 'integer', from: 3, to: 9 } }, { name: 'c', generator: { type: 'choice', values: [1, 'x', null] } }, { name: 's', generator: { type: 'sequence', from: 10, step: 5 } }] };
      for (let n = 0; n < 20; n += 1) expect(k6.valuesOf(data, rows, n)).toEqual(valuesOf(data, n));
    }
  });

  it('templates and pointers', () => {
    fc.assert(
      fc.property(fc.string({ unit: ANY_CODE_POINT }), fc.constantFrom('text', 'path', 'json', 'json-text'), (value, as) => {
        const template = ['/a/', { ref: 'v', as }, '/b'] as const;
        expect(k6.fill(template, { v: value })).toBe(fill(template, { v: value }));
      }),
    );
    const document: Json = { items: [{ id: 7 }, { 'a/b': { '~': 1 } }], n: null };
    for (const pointer of ['', '/items/0/id', '/items/01/id', '/items/1/a~1b/~0', '/n', '/n/x', 'items', '/toString']) expect(k6.atPointer(document, pointer)).toEqual(atPointer(document, pointer));
  });
});

describe('bodies', () => {
  const anyText = fc.string({ unit: ANY_CODE_POINT });

  it('of forms are the bytes of the local engine, parts in their order', () => {
    const path = fileURLToPath(new URL('../../support/k6/recorded/points.ndjson.gz', import.meta.url));
    const content = readFileSync(path);
    const files = { [path]: new Uint8Array(content).buffer };
    fc.assert(
      fc.property(anyText, anyText, anyText, (value, name, filename) => {
        const body: BodyPlan = {
          type: 'multipart',
          boundary: 'b',
          parts: [
            { name, filename: null, contentType: null, content: { type: 'value', text: ['x', { ref: 'v', as: 'text' }] } },
            { name: 'file', filename, contentType: 'video/mp4', content: { type: 'file', path, bytes: content.length } },
            { name: 'file', filename: null, contentType: null, content: { type: 'value', text: 'twice' } },
          ],
        };
        const ours = new BodySource(body).of({ v: value });
        if (ours.type !== 'bytes') throw new Error('a small file is kept');
        expect(Buffer.from(multipartBody(body, { v: value }, files)).equals(ours.bytes!)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('are held against a limit in bytes', () => {
    fc.assert(fc.property(anyText, fc.integer({ min: -3, max: 3 }), (text, off) => {
      const bytes = Buffer.byteLength(text) + off;
      expect(longerThan(text, bytes)).toBe(off < 0);
    }));
  });
});

const partOf = (load: OpenPlan) => makeK6Plan('s', [{ workload: 'w', round: 0, load, setup: [] }], 1, [], 'id').parts[0]!;

describe('when an iteration is due', () => {
  it('evenly spaced: at the times of the local schedule', () => {
    const load = openPlan({ ratePerSecond: 250, warmupMs: 400, durationMs: 2_000 });
    const schedule = scheduleOf(load);
    for (let n = 0; n < 600; n += 1) expect(dueMs(partOf(load), stagesOf(load), n)).toBeCloseTo(schedule.next(), 6);
  });

  it('a rate that changes: the area under it, which k6 counts from one', () => {
    const load = openPlan({ ratePerSecond: 10, warmupMs: 1_000, durationMs: 6_000, stages: [{ fromPerSecond: 10, toPerSecond: 100, durationMs: 4_000 }, { fromPerSecond: 40, toPerSecond: 40, durationMs: 2_000 }] });
    const stages = stagesOf(load);
    expect(plannedArrivals(load)).toBeCloseTo(300, 9);
    for (const n of [0, 9, 10, 57, 200, 308]) {
      const atMs = dueMs(partOf(load), stagesOf(load), n);
      expect(arrivalsBy(stages, atMs)).toBeCloseTo(n + 1, 6);
      expect(timeOf(stages, n + 1)).toBeCloseTo(atMs, 9);
    }
  });

  it('at random: never before k6 starts it, within the window, gaps as of a Poisson process', () => {
    const load = openPlan({ arrivals: 'poisson', ratePerSecond: 200, warmupMs: 0, durationMs: 30_000 });
    const part = partOf(load);
    const stages = stagesOf(load);
    const all = Array.from({ length: 6_000 }, (_, n) => {
      const atMs = dueMs(part, stages, n);
      expect(atMs).toBeGreaterThanOrEqual(n * 5);
      expect(atMs).toBeLessThanOrEqual(n * 5 + 2 * part.delayMs);
      return atMs;
    }).sort((a, b) => a - b);
    const gaps = all.slice(1).map((atMs, index) => atMs - all[index]!).sort((a, b) => a - b);
    const distance = Math.max(...gaps.map((gap, index) => Math.abs(1 - Math.exp(-gap / 5) - (index + 1) / gaps.length)));
    // Kolmogorov-Smirnov at 1 %.
    expect(distance).toBeLessThan(1.63 / Math.sqrt(gaps.length));
  });
});

describe('the plan as options of k6', () => {
  it('constant, staged and closed loads', () => {
    const options = (load: OpenPlan, segments = 1) => makeK6Plan('s', [{ workload: 'w', round: 1, load, setup: [] }], segments, [], 'id').options['scenarios'];
    expect(options(openPlan({ ratePerSecond: 2.5 }), 4)).toMatchInlineSnapshot(`
      {
        "w_1": {
          "duration": "11000ms",
          "exec": "iterate",
          "executor": "constant-arrival-rate",
          "gracefulStop": "4000ms",
          "maxVUs": 8,
          "preAllocatedVUs": 8,
          "rate": 25,
          "startTime": "0ms",
          "tags": {
            "round": "1",
            "workload": "w",
          },
          "timeUnit": "10s",
        },
      }
    `);
    expect(options(openPlan({ ratePerSecond: 10, warmupMs: 0, durationMs: 5_000, stages: [{ fromPerSecond: 10, toPerSecond: 20, durationMs: 2_000 }, { fromPerSecond: 50, toPerSecond: 50, durationMs: 3_000 }] }))).toMatchObject({
      w_1: { executor: 'ramping-arrival-rate', startRate: 10, timeUnit: '1s', stages: [{ target: 20, duration: '2000ms' }, { target: 50, duration: '0s' }, { target: 50, duration: '3000ms' }] },
    });
  });

  it('refuses what k6 cannot do', () => {
    const load = { ...openPlan(), model: 'closed' as const, connections: 2, thinkMs: 0, engine: 'own' as const };
    expect(() => makeK6Plan('s', [{ workload: 'w', round: 0, load, setup: [] }], 4)).toThrow('2 connections cannot be shared by 4 segments');
  });
});
