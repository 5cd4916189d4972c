import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { approve, waive } from '../../../src/compare/approve.ts';
import { machineDir, readBaselines } from '../../../src/compare/baseline-files.ts';
import { keepSessions } from '../../../src/compare/baselines.ts';
import { readCalibration, writeCalibration } from '../../../src/compare/calibration-file.ts';
import { METRICS, metric } from '../../../src/record/metrics.ts';
import { readRecord } from '../../../src/record/read.ts';
import type { Metric, RunRecord } from '../../../src/record/schema.ts';
import { Histogram } from '../../../src/load/histogram.ts';
import { encodeWorkload, record, rounds, scenario } from '../record/fixture.ts';

let dir: string;
beforeEach(async () => { dir = await mkdtemp(join(tmpdir(), 'readybench-nonsense-')); });
afterEach(() => rm(dir, { recursive: true, force: true }));

const HASH = 'h'.repeat(12);
const LABELS = { encoder: 'libx264' };
const run = (metrics: Metric[]): RunRecord => record([scenario([encodeWorkload({ metrics })])]);
const usual = (): RunRecord => run([rounds('encode.cpu', [9_900, 10_000, 10_100], 3, LABELS), metric('errors.rate', {}, 0, [0, 0, 0], 3_000)]);
const folder = (name: 'sessions' | 'decisions'): string => join(machineDir(dir, 'demo', HASH), name);

async function edit(name: 'sessions' | 'decisions', change: (text: string) => string): Promise<string> {
  const [file = ''] = await readdir(folder(name));
  const path = join(folder(name), file);
  const before = await readFile(path, 'utf8');
  const after = change(before);
  expect(after).not.toBe(before);
  await writeFile(path, after);
  return path;
}

async function complaint(): Promise<string> {
  const failed: unknown = await readBaselines(dir, 'demo').catch((error: unknown) => error);
  expect(failed).toMatchObject({ exitCode: 2, hint: expect.stringContaining('restore the file') as string });
  return (failed as Error).message;
}

describe('a session that no run can have left is refused with file and field', () => {
  const CPU = 'workloads.encode-30s.encode.cpu{encoder=libx264}';
  test.each([
    ['"value": 10000', '"value": -10000', `${CPU}.value: must be 0 or more: got -10000`],
    ['"value": 10000', '"value": 20000', `${CPU}.value: contradicts its rounds, which lie between 9900 and 10100: got 20000`],
    ['[9900, 10000, 10100]', '[-9900, 10000, 10100]', `${CPU}.rounds: must be 0 or more: got -9900`],
    ['[9900, 10000, 10100]', '[0, 0, 10100]', `${CPU}.rounds: must be above 0, in the middle of all rounds: got 0`],
    ['"unit": "ms"', '"unit": "bytes"', `${CPU}.unit: must be "ms": got "bytes"`],
    ['encode.cpu{', 'encode.cpus{', 'workloads.encode-30s.encode.cpus{encoder=libx264}: there is no such metric'],
    ['"errors.rate"', '"constructor"', 'workloads.encode-30s.constructor: there is no such metric'],
    ['[0, 0, 0]', '[0, 0, 1.5]', 'workloads.encode-30s.errors.rate.rounds: must be a share from 0 to 1: got 1.5'],
  ])('%s → %s', async (from, to, expected) => {
    await keepSessions(dir, usual());
    const path = await edit('sessions', (text) => text.replace(from, to));
    expect(await complaint()).toBe(`${path} is not what it should be:\n  ${expected}`);
  });
});

describe('a run record that was edited is refused', () => {
  const refused = (message: string) => ({ exitCode: 2, message: expect.stringContaining(message) as string });
  const CPU = 'encode.cpu{encoder=libx264}';

  test.each([
    ['run.startedAt', (each: RunRecord) => ({ ...each, run: { ...each.run, startedAt: 'yesterday' } }), 'must be a time such as'],
    ['run.id', (each: RunRecord) => ({ ...each, run: { ...each.run, id: '../../../etc' } }), 'must be letters, digits, dots and dashes'],
    ['run.id', (each: RunRecord) => ({ ...each, run: { ...each.run, id: '..' } }), 'must be letters, digits, dots and dashes'],
    ['environment.hash', (each: RunRecord) => ({ ...each, environment: { ...each.environment, hash: '../x' } }), 'must be letters, digits, dots and dashes'],
    ['scenarios.0.workloads.0.metrics.0.n', () => run([{ ...rounds('encode.cpu', [9_900, 10_000, 10_100], 3, LABELS), n: -5 }]), 'expected number to be >=0'],
  ] as const)('where it is read: %s', async (field, change, why) => {
    const file = join(dir, 'result.json');
    await writeFile(file, JSON.stringify(change(usual())));
    await expect(readRecord(file)).rejects.toMatchObject(refused(`${file} is not what it should be:\n  ${field}: `));
    await expect(readRecord(file)).rejects.toMatchObject(refused(why));
  });

  test('where it is approved: with the figure, and before anything is written', async () => {
    const [of] = usual().scenarios;
    if (of === undefined) throw new Error('there is a scenario');
    const huge = { ...usual(), scenarios: [of, ...run([rounds('encode.cpu', [9_900, 10_000, 10_100], 3, LABELS)].map((each) => ({ ...each, value: 1e308 }))).scenarios] };
    await expect(approve({ dir, record: huge, reason: 'x', metric: null })).rejects.toMatchObject(refused(`workloads.encode-30s.${CPU}.value: contradicts its rounds`));
    expect(await readdir(dir)).toEqual([]);
    const shortened = { ...usual(), scenarios: [{ ...of, sha256: 'abc' }] };
    await expect(approve({ dir, record: shortened, reason: 'x', metric: null })).rejects.toMatchObject(refused('sha256: '));
    await expect(waive({ dir, record: shortened, reason: 'x', metric: CPU, until: '2999-12-31' })).rejects.toMatchObject(refused('this can be no decision on demo:\n  sha256: '));
  });
});

describe('a decision that decides nothing is refused', () => {
  test('an approval of a metric that there is not, or that its session has not', async () => {
    await approve({ dir, record: usual(), reason: 'r', metric: 'errors.rate' });
    const path = await edit('decisions', (text) => text.replace('errors.rate', 'errors.rates'));
    expect(await complaint()).toContain(`${path} is not what it should be:\n  metrics.0: must name a metric that there is, as health/latency.p95: got "encode-30s/errors.rates"`);
    await edit('decisions', (text) => text.replace('errors.rates', 'latency.p95'));
    expect(await complaint()).toMatch(/metrics\.0: session ".*" has no "encode-30s\/latency\.p95"$/);
  });

  test('a waiver of a metric that there is not', async () => {
    await waive({ dir, record: usual(), reason: 'r', metric: 'errors.rate', until: '2099-12-31' });
    await edit('decisions', (text) => text.replace('encode-30s/errors.rate', 'errors.rate'));
    expect(await complaint()).toContain('metrics.0: must name a metric that there is');
  });

  test('one whose name says another order', async () => {
    await approve({ dir, record: usual(), reason: 'r', metric: null, now: new Date('2026-02-01T00:00:00Z') });
    const [name = ''] = await readdir(folder('decisions'));
    await rename(join(folder('decisions'), name), join(folder('decisions'), name.replace('2026', '2027')));
    expect(await complaint()).toContain('date, kind: a file with these is named 20260201T000000.000Z-approve-….json');
  });
});

describe('a calibration', () => {
  const found = { version: 1 as const, date: '2026-01-31T07:05:03.042Z', scenario: 'demo', sha256: 'c'.repeat(64), profile: 'quick', planned: 3, metrics: { 'encode-30s/encode.cpu': { rounds: 12, noise: 0.03, autocorrelation: 0.1, smallestSeen: null, roundsFor5: 20, roundsFor10: 8, spread: 0.05 } } };
  test.each([
    ['"noise": 0.03', '"noise": -0.03', 'metrics.encode-30s/encode.cpu.noise'],
    ['"planned": 3', '"planned": 0', 'planned'],
    ['"spread": 0.05', '"spread": 1000', 'metrics.encode-30s/encode.cpu.spread: must be 0.5 to 3 times 0.05 for this metric: got 1000'],
    ['"autocorrelation": 0.1', '"autocorrelation": 7', 'metrics.encode-30s/encode.cpu.autocorrelation'],
    ['"roundsFor10": 8', '"roundsFor10": -8', 'metrics.encode-30s/encode.cpu.roundsFor10'],
    ['encode-30s/encode.cpu', 'encode-30s/encode.cpus', 'metrics.encode-30s/encode.cpus: there is no such metric'],
    ['"scenario": "demo"', '"scenario": "other"', 'scenario: "other" does not fit its place, which says "demo"'],
    [`"${'c'.repeat(64)}"`, `"${'d'.repeat(64)}"`, 'sha256: "dddd'],
  ])('%s → %s is refused with file and field', async (from, to, expected) => {
    const file = await writeCalibration(dir, HASH, found);
    expect(await readCalibration(dir, 'demo', HASH, found.sha256)).toEqual(found);
    await writeFile(file, (await readFile(file, 'utf8')).replace(from, to));
    await expect(readCalibration(dir, 'demo', HASH, found.sha256)).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining(`${file} is not what it should be:\n  ${expected}`) as string, hint: 'run bench calibrate again, or remove the file' });
  });
});

describe('what a run stores is always read back', () => {
  const ids = Object.keys(METRICS).filter((id) => !id.startsWith('host.') && !id.startsWith('control.'));
  const amounts = (unit: string) => (unit === 'share' ? fc.double({ min: 0, max: 1, noNaN: true }) : fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e12, noNaN: true })));
  /** As a workload makes them: the value is the middle of the rounds that have one, or of all that was counted. */
  const anyMetric = fc.constantFrom(...ids).chain((id) => {
    const { unit, observed } = METRICS[id] ?? { unit: 'ms' };
    const figure = observed === true ? fc.double({ noNaN: true, noDefaultInfinity: true }) : amounts(unit);
    return fc.array(fc.option(figure), { minLength: 1, maxLength: 5 }).filter((all) => all.some((each) => each !== null)).map((all): Metric => {
      const known = all.filter((each) => each !== null).sort((a, b) => a - b);
      return metric(id, { series: 's' }, known[Math.floor(known.length / 2)] ?? 0, all, 100);
    });
  });

  test('whatever its figures are, and an approval of any of them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(anyMetric, { minLength: 1, maxLength: 6, selector: ({ id }) => id }), async (metrics) => {
        await rm(dir, { recursive: true, force: true });
        await keepSessions(dir, run(metrics));
        const [stored] = await readBaselines(dir, 'demo');
        expect(stored?.sessions).toHaveLength(1);
        for (const { id } of metrics) await approve({ dir, record: run(metrics), reason: 'r', metric: id }).catch((error: unknown) => expect(error).toMatchObject({ exitCode: 2 }));
        expect((await readBaselines(dir, 'demo'))[0]?.sessions).toHaveLength(1);
      }),
      { numRuns: 25 },
    );
  });

  test('percentiles of merged histograms lie among those of their rounds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(fc.integer({ min: 1, max: 50_000_000 }), { minLength: 1, maxLength: 30 }), { minLength: 1, maxLength: 4 }), fc.constantFrom(0.5, 0.95, 0.99), async (samples, q) => {
        await rm(dir, { recursive: true, force: true });
        const each = samples.map((values) => {
          const histogram = new Histogram();
          values.forEach((us) => histogram.record(us));
          return histogram;
        });
        const all = new Histogram();
        each.forEach((histogram) => all.add(histogram));
        const ms = (histogram: Histogram): number => (histogram.quantile(q) ?? 0) / 1_000;
        await keepSessions(dir, run([metric('latency.p50', {}, ms(all), each.map(ms), all.count)]));
        expect((await readBaselines(dir, 'demo'))[0]?.sessions).toHaveLength(1);
      }),
      { numRuns: 25 },
    );
  });

  test('a service that answered nothing leaves no throughput to hold against', async () => {
    await keepSessions(dir, run([rounds('throughput', [0, 0, 0]), rounds('encode.cpu', [1, 2, 3])]));
    const [stored] = await readBaselines(dir, 'demo');
    expect(Object.keys(stored?.sessions[0]?.workloads['encode-30s'] ?? {})).toEqual(['encode.cpu']);
  });
});
