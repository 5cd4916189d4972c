import { describe, expect, it } from 'vitest';
import { viewHtml } from '../../../src/report/capacity/html.ts';
import { planView } from '../../../src/report/capacity/plan-view.ts';
import { scalingView } from '../../../src/report/capacity/scaling-view.ts';
import { searchView } from '../../../src/report/capacity/search-view.ts';
import { scalingRecord, searchRecord } from '../../support/capacity-records.ts';
import { bothEncoders, jobsWorkload, project } from '../../support/plan-records.ts';
import { recordOf } from '../../support/records.ts';
import { CHROMIUM, LOOKS, OVERFLOW, pages } from '../../support/chromium.ts';

describe.skipIf(CHROMIUM === undefined)('capacity reports in a browser (needs chromium at /usr/bin/chromium or CHROMIUM_PATH)', () => {
  const { open } = pages();

  it.each([
    ['search', () => searchView(searchRecord())],
    ['scaling', () => scalingView(scalingRecord())],
    ['plan', async () => planView((await (await project({ 'a/result.json': recordOf([jobsWorkload(), bothEncoders()]) }))()).record)],
  ])('%s: draws every chart, complains of nothing, loads nothing, never scrolls sideways', async (name, made) => {
    const view = await made();
    expect(view.charts.length).toBeGreaterThan(0);
    for (const look of LOOKS) {
      const { page, complaints } = await open(name, viewHtml(view), look);
      expect(await page.locator('.plot canvas').count()).toBe(view.charts.length);
      expect(await page.evaluate(OVERFLOW)).toBe(0);
      expect(complaints).toEqual([]);
      await page.close();
    }
  });
});
