import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { viewHtml } from '../../../src/report/capacity/html.ts';
import { scalingView } from '../../../src/report/capacity/scaling-view.ts';
import { searchView } from '../../../src/report/capacity/search-view.ts';
import { scalingRecord, searchRecord } from '../../support/capacity-records.ts';
import { CHROMIUM, openBrowser, type Browser } from '../../support/chromium.ts';

describe.skipIf(CHROMIUM === undefined)('capacity reports in a browser (needs chromium at /usr/bin/chromium or CHROMIUM_PATH)', () => {
  let browser: Browser;
  const folder = mkdtempSync(join(tmpdir(), 'readybench-html-'));
  beforeAll(async () => {
    browser = await openBrowser(CHROMIUM ?? '');
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([['search', searchView(searchRecord())], ['scaling', scalingView(scalingRecord())]])('%s: draws every chart, complains of nothing, never scrolls sideways', async (name, view) => {
    const file = join(folder, `${name}.html`);
    writeFileSync(file, viewHtml(view));
    for (const look of [{ width: 1440, scheme: 'light' }, { width: 360, scheme: 'dark' }] as const) {
      const page = await browser.context.newPage();
      const complaints: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(String(error)));
      await page.emulateMedia({ colorScheme: look.scheme });
      await page.setViewportSize({ width: look.width, height: 900 });
      await page.goto(pathToFileURL(file).href);
      expect(await page.locator('.plot canvas').count()).toBe(view.charts.length);
      expect(await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')).toBe(0);
      expect(complaints).toEqual([]);
      await page.close();
    }
  });
});
