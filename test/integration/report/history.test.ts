import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { HistorySeries } from '../../../src/record/history.ts';
import { renderHistoryPage } from '../../../src/report/history/page.ts';
import { CHROMIUM, LOOKS, OVERFLOW, pages } from '../../support/chromium.ts';

function series(name: string, values: readonly number[], changed: readonly number[] = []): HistorySeries {
  const points = values.map((value, at) => ({ runId: `run-${at}`, startedAt: `2026-01-${String(at + 1).padStart(2, '0')}T03:00:00.000Z`, value, low: value * 0.96, high: value * 1.05, commit: '9f2c1ab47d0e', stored: at % 7 !== 6 }));
  return { scenario: 'video-generation-api', sha256: 'c', profile: 'nightly', target: 'embedded', workload: name, metric: 'latency.p95', unit: 'ms', better: 'lower', points, changes: changed.map((index) => ({ index, before: values[index - 1] ?? 0, after: values[index] ?? 0, pValue: 0.001 })) };
}
const step = Array.from({ length: 28 }, (_, at) => (at < 18 ? 20 : 26) * (1 + 0.03 * Math.sin(at * 2.4)));
const PAGES: [string, HistorySeries[]][] = [
  ['no series', []],
  ['one run', [series('health', [12])]],
  ['two runs', [series('health', [12, 14])]],
  ['equal runs', [series('health', [0, 0, 0])]],
  ['many', [series('health', step, [18]), series('submit', step.map((value) => value * 3)), series('status', step.slice(0, 9)), series('</title><script>window.pwned=1</script>', step)]],
];

describe.skipIf(CHROMIUM === undefined)('history page in a browser (needs chromium at /usr/bin/chromium or CHROMIUM_PATH)', () => {
  const { open } = pages();

  it.each(PAGES)('%s: a drawing for each metric, no complaint, nothing loaded, no scrolling sideways', async (name, all) => {
    for (const look of LOOKS) {
      const { page, complaints } = await open(name, renderHistoryPage(all, 'aaaaaaaaaaaa'), look);
      const shots = process.env['READYBENCH_SCREENSHOTS'];
      if (shots !== undefined) await page.screenshot({ path: join(shots, `history-${name.replaceAll(' ', '-')}-${look.width}.png`), fullPage: true });
      expect({
        drawn: await page.locator('svg.trend').count(),
        dots: await page.locator('svg.trend circle').count(),
        overflow: await page.evaluate(OVERFLOW),
        pwned: await page.evaluate('window.pwned ?? null'),
        broken: await page.evaluate('/NaN|Infinity|undefined/.test(document.documentElement.outerHTML)'),
        complaints,
      }).toEqual({ drawn: all.length, dots: all.reduce((sum, { points }) => sum + points.length, 0), overflow: 0, pwned: null, broken: false, complaints: [] });
      await page.close();
    }
  });
});
