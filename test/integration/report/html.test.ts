import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../../src/record/schema.ts';
import { renderHtml } from '../../../src/report/html/page.ts';
import { CHROMIUM, LOOKS, OVERFLOW, pages } from '../../support/chromium.ts';
import * as records from '../../support/records.ts';

const RECORDS: [string, RunRecord][] = [
  ['pass', records.passRecord()],
  ['ten rounds', records.passRecord({ rounds: 10 })],
  ['both encoders', records.baselinedRecord()],
  ['breach', records.breachRecord()],
  ['regression', records.regressionRecord()],
  ['nothing measured', records.nothingMeasuredRecord()],
  ['interrupted', records.interruptedRecord()],
  ['short', records.shortRecord()],
  ['hostile', records.hostileRecord()],
];

describe.skipIf(CHROMIUM === undefined)('HTML report in a browser (needs chromium at /usr/bin/chromium or CHROMIUM_PATH)', () => {
  const { open: show, openPlain } = pages();
  const open = (name: string, record: RunRecord, look: { width: number; scheme: 'light' | 'dark' }) => show(name, renderHtml(record), look);

  it('a verdict of many words beside long figures leaves the page as wide as its window', async () => {
    const [first, ...others] = records.passRecord().scenarios;
    const [workload, ...more] = first?.workloads ?? [];
    if (first === undefined || workload === undefined) throw new Error('no workload');
    const long = { limit: 4_200_000, actual: 4_100_000, interval: { low: 4_099_000, high: 4_101_000, confidence: 0.95 } };
    const sla = [records.slaResult(workload, 'latency.p50', '<=', 1, { ...long }), records.slaResult(workload, 'latency.p99', '<=', 1, { ...long, verdict: 'too-few-samples', samplesNeeded: 301 })];
    const record = { ...records.passRecord(), scenarios: [{ ...first, workloads: [{ ...workload, sla }, ...more] }, ...others] };
    for (const width of [1280, 1080]) {
      const { page } = await open('long verdicts', record, { width, scheme: 'light' });
      expect(await page.evaluate(OVERFLOW)).toBe(0);
      await page.close();
    }
  });

  it.each(RECORDS)('%s: draws every chart, complains of nothing, loads nothing, never scrolls sideways', async (name, record) => {
    for (const look of LOOKS) {
      const { page, complaints } = await open(name, record, look);
      const places = await page.locator('.plot').count();
      const seen = {
        drawn: await page.locator('.plot canvas').count(),
        overflow: await page.evaluate(OVERFLOW),
        pwned: await page.evaluate('window.pwned ?? null'),
        heading: await page.locator('h1').count(),
        complaints,
      };
      expect(seen).toEqual({ drawn: places, overflow: 0, pwned: null, heading: 1, complaints: [] });
      await page.close();
    }
  });

  it('the lines are really painted, in both colour schemes', async () => {
    for (const scheme of ['light', 'dark'] as const) {
      const { page } = await open('painted', records.passRecord(), { width: 1200, scheme });
      const colours = await page.evaluate<number>(`(() => {
        const canvas = document.querySelector('.plot canvas');
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        const seen = new Set();
        for (let at = 0; at < data.length; at += 4) if (data[at + 3] === 255) seen.add(data[at] << 16 | data[at + 1] << 8 | data[at + 2]);
        return seen.size;
      })()`);
      expect(colours).toBeGreaterThan(3);
      await page.close();
    }
  });

  it('charts follow the width of the window and the colour scheme', async () => {
    const { page, complaints } = await open('resized', records.passRecord(), { width: 1440, scheme: 'light' });
    await page.setViewportSize({ width: 500, height: 900 });
    await page.waitForFunction("Math.max(...[...document.querySelectorAll('.plot canvas')].map((canvas) => canvas.getBoundingClientRect().right)) <= 500");
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.waitForFunction("getComputedStyle(document.body).backgroundColor === 'rgb(15, 18, 22)'");
    expect(await page.locator('.plot canvas').count()).toBe(await page.locator('.plot').count());
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('without JavaScript the verdict, the limits and the figures are there, and the charts say so', async () => {
    const record = records.breachRecord();
    const page = await openPlain('plain', renderHtml(record));
    const text = await page.locator('main').innerText();
    expect(text).toContain(record.verdict.sentence);
    expect(text).toContain('≤ 400 ms');
    expect(text).toContain('The chart needs JavaScript');
    await page.close();
  });

  it('prints: light colours and every section', async () => {
    const { page } = await open('printed', records.passRecord(), { width: 1200, scheme: 'dark' });
    const pdf = await page.pdf({ format: 'A4', printBackground: true });
    expect(pdf.subarray(0, 4).toString()).toBe('%PDF');
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await page.evaluate("getComputedStyle(document.body).backgroundColor + ' ' + getComputedStyle(document.documentElement).getPropertyValue('--card').trim()")).toBe('rgb(255, 255, 255) #fff');
    await page.close();
  });
});
