import { expect, it } from 'vitest';
import type { RunRecord } from '../../../src/record/schema.ts';
import { renderHtml } from '../../../src/report/html/page.ts';
import { renderMarkdown } from '../../../src/report/markdown.ts';
import { renderTerminal } from '../../../src/report/terminal/summary.ts';
import { httpWorkload, recordOf, slaResult } from '../../support/records.ts';

const source = httpWorkload();
const limit = (id: string, at: number, severity: 'critical' | 'warning' | 'info') => slaResult(source, id, '<=', at, { severity });
const record: RunRecord = recordOf([{ ...source, sla: [limit('latency.p50', 20, 'critical'), limit('latency.p95', 100, 'critical'), limit('latency.p95', 80, 'warning'), limit('latency.p99', 300, 'info')], comparison: [] }]);

it('limits on one metric are told apart by their severity; one that is critical and alone needs no word', () => {
  const terminal = renderTerminal(record, { color: false, width: 90, files: [] });
  expect(terminal.slice(terminal.indexOf('SLA'), terminal.indexOf('SLA') + 420).split('\n').slice(2, 7).join('\n')).toMatchInlineSnapshot(`
    "health
      p50 latency              ≤ 20 ms  1.20 ms  +94.0 %  2,234  pass
      p95 latency (critical)  ≤ 100 ms  2.88 ms  +97.1 %  2,234  pass
      p95 latency (warning)    ≤ 80 ms  2.88 ms  +96.4 %  2,234  pass
      p99 latency (info)      ≤ 300 ms  6.12 ms  +98.0 %  2,234  pass"
  `);
  const named = ['p95 latency (critical)', 'p95 latency (warning)', 'p99 latency (info)'];
  for (const text of [terminal, renderMarkdown(record), renderHtml(record)]) expect(named.filter((each) => !text.includes(each))).toEqual([]);
  expect(terminal).not.toContain('p50 latency (');
});
