import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../../src/record/schema.ts';
import { MOST_BYTES } from '../../../src/report/html/budget.ts';
import { renderHtml } from '../../../src/report/html/page.ts';
import { escapeHtml, html, jsonForScript } from '../../../src/report/html/template.ts';
import * as records from '../../support/records.ts';
import { ANY_CODE_POINT } from '../../support/any-text.ts';

const text = fc.oneof(fc.constantFrom(...records.HOSTILE), fc.string({ unit: ANY_CODE_POINT }), fc.stringMatching(/^[<>/!\-"'&;a-z`=\s]{0,40}$/));

/** Everything between the tags of the page, its scripts and styles aside. */
const markup = (page: string): string => page.replaceAll(/<(script|style)[^>]*>.*?<\/\1>/gs, '');
const tags = (page: string): string[] => [...markup(page).matchAll(/<\/?([a-z][a-z0-9]*)\b/gi)].map(([, name]) => (name ?? '').toLowerCase());
const shape = (page: string): string => markup(page).replaceAll(/>[^<]*/g, '>').replaceAll(/"[^"]*"/g, '""');

const island = (page: string): unknown => JSON.parse(/<script type="application\/json" id="charts">(.*?)<\/script>/s.exec(page)?.[1] ?? 'null');

describe('html template', () => {
  it('escapes every value, joins lists, leaves nothing for nothing', () => {
    expect(html`<p title="${'"><b>'}">${['<', html`<i>${'&'}</i>`]}${null}${false}${undefined}${0}</p>`.text).toBe('<p title="&quot;&gt;&lt;b&gt;">&lt;<i>&amp;</i>0</p>');
  });

  it('escaped text has nothing that could open a tag, an attribute or an entity', () => {
    fc.assert(fc.property(text, (value) => {
      expect(escapeHtml(value)).not.toMatch(/[<>"'`]|&(?!(amp|lt|gt|quot|#39|#96);)/);
    }));
  });

  it('escaped text reads as it was, control characters aside', () => {
    const back: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&#96;': '`' };
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...'<>&"\'`abc ') }), (value) => {
      expect(escapeHtml(value).replaceAll(/&[^;]+;/g, (entity) => back[entity] ?? entity)).toBe(value);
    }));
  });

  it('data of a script cannot end it, and reads back unchanged', () => {
    fc.assert(fc.property(fc.oneof(text, fc.json()), (value) => {
      const data = jsonForScript({ value, [value]: 1 }).text;
      expect(data).not.toMatch(/[<>&\u2028\u2029]/);
      expect(JSON.parse(data)).toEqual({ value, [value]: 1 });
    }));
  });
});

describe('HTML report', () => {
  it('hostile text changes no tag and no attribute anywhere in the page', () => {
    const calm = shape(renderHtml(records.hostileRecord('calm')));
    for (const hostile of records.HOSTILE.slice(0, 7)) expect(shape(renderHtml(records.hostileRecord(hostile)))).toBe(calm);
  });

  it('whatever the text is, only tags of the report are there', () => {
    const known = new Set(tags(renderHtml(records.hostileRecord('calm'))));
    fc.assert(
      fc.property(text, (value) => {
        const page = renderHtml(records.hostileRecord(`x${value}`));
        expect(tags(page).filter((tag) => !known.has(tag))).toEqual([]);
        expect(Array.isArray(island(page))).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it.each([
    ['pass', records.passRecord()],
    ['nothing measured', records.nothingMeasuredRecord()],
    ['interrupted', records.interruptedRecord()],
    ['short', records.shortRecord()],
    ['hostile', records.hostileRecord()],
  ])('%s: nothing is loaded, nothing is evaluated, no figure is NaN', (_name, record) => {
    const page = renderHtml(record);
    expect(markup(page)).not.toMatch(/\s(src|srcset|action|formaction|data|poster)\s*=\s*"/i);
    expect([...markup(page).matchAll(/\shref="([^"]*)"/g)].map(([, href]) => href?.[0])).toSatisfy((all: string[]) => all.every((first) => first === '#'));
    expect(page).not.toMatch(/@import|url\(\s*['"]?https?:|\bimport\s*\(|new Function|\beval\(/);
    expect(page).toContain("default-src 'none'");
    expect(markup(page)).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('says what is missing instead of drawing nothing', () => {
    const page = renderHtml(records.shortRecord());
    expect(page).toContain('Too few points to draw: 2 points, a line needs 4.');
    expect(page).toContain('too few samples, needs 299');
    expect(page).not.toContain('id="workload-1-latency"');
  });

  it('shows the record of a run without scenarios', () => {
    expect(renderHtml(records.recordOf([]))).toContain('The scenarios set no limits.');
  });

  it('stays within 1.5 MB and 2,000 points a series, spikes kept', () => {
    const http = records.httpWorkload({ rounds: 10, seconds: 2_000 });
    if (http.series.kind !== 'http') throw new Error('an http workload has http series');
    const spike = http.series.rounds[4]?.windows[777];
    if (spike === undefined) throw new Error('the window is there');
    spike.p99 = 9_999;
    const charts = island(renderHtml(records.recordOf([http]))) as { id: string; series: { label: string; values: (number | null)[] }[] }[];
    for (const { series } of charts) for (const { values } of series) expect(values.length).toBeLessThanOrEqual(2_000);
    const p99 = charts.find(({ id }) => id.endsWith('latency'))?.series.find(({ label }) => label === 'p99');
    expect(Math.max(...(p99?.values ?? []).map((value) => value ?? 0))).toBe(9_999);
  });

  it('stays within 1.5 MB however much there is', () => {
    const many = records.recordOf([
      ...Array.from({ length: 16 }, (_, index) => records.httpWorkload({ name: `load-${index}`, rounds: 10, seconds: 120 })),
      ...Array.from({ length: 8 }, (_, index) => records.encodeWorkload({ name: `encode-${index}`, rounds: 5, jobs: 100, concurrency: [1, 2, 4] })),
    ]);
    const long: RunRecord = { ...many, scenarios: many.scenarios.map((scenario) => ({ ...scenario, source: '# a comment\n'.repeat(200_000) })) };
    const page = renderHtml(long);
    expect(Buffer.byteLength(page)).toBeLessThanOrEqual(MOST_BYTES);
    expect(page).toContain('load-0');
    expect(page).toContain('encode-1');
  });

  it('no file of the report reaches for the network or the clock', () => {
    const folder = new URL('../../../src/report/', import.meta.url);
    const files = readdirSync(folder, { recursive: true }).map(String).filter((file) => /\.[jt]s$/.test(file));
    expect(files.length).toBeGreaterThan(15);
    for (const file of files) expect(readFileSync(new URL(file, folder), 'utf8')).not.toMatch(/fetch\(|node:https?|Date\.now|new Date\(\)|Math\.random/);
  });
});
