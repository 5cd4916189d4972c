import { expect, it } from 'vitest';
import { renderAnnotations } from '../../../src/report/github.ts';
import * as records from '../../support/records.ts';

it('an error for what fails the run, beside the scenario’s file, and the verdict as a notice', () => {
  expect(renderAnnotations(records.breachRecord())).toMatchInlineSnapshot(`
    "::error title=readybench%3A SLA breach,file=scenarios/video-generation/api.yaml::submit: p95 latency is 432 ms, the limit is 400 ms.
    ::error title=readybench%3A SLA breach,file=scenarios/video-generation/api.yaml::submit: error rate is 2.9 %25, the limit is 1 %25.
    ::notice title=readybench::FAIL: submit: p95 latency is 432 ms, the limit is 400 ms.
    "
  `);
});

it('no more of a kind than GitHub shows, and the rest counted', () => {
  const record = records.breachRecord();
  const reasons = Array.from({ length: 25 }, (_, index) => ({ kind: 'sla' as const, scenario: null, workload: null, metric: null, sentence: `breach ${index}` }));
  const lines = renderAnnotations({ ...record, verdict: { ...record.verdict, reasons } }).split('\n').filter((line) => line.startsWith('::error'));
  expect(lines).toHaveLength(10);
  expect(lines.at(-1)).toBe('::error title=readybench::and 16 more in the report');
});

it('text of a service neither ends a command nor begins one', () => {
  for (const hostile of ['a\n::stop-commands::x', 'x::warning::y', '%0A::error::y', 'title,file=/etc/passwd', ...records.HOSTILE]) {
    const text = renderAnnotations(records.hostileRecord(hostile));
    for (const line of text.trimEnd().split('\n')) expect(line).toMatch(/^::(error|warning|notice) title=[^,:]*(,file=[^,:]*)?::/);
    expect(text).not.toMatch(/%(?!25|0D|0A|3A|2C)/);
  }
});
