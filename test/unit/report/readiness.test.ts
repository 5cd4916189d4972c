import { describe, expect, it } from 'vitest';
import type { ReadinessItem, RunRecord } from '../../../src/record/schema.ts';
import { renderReadinessHtml } from '../../../src/report/readiness-html.ts';
import { renderReadinessMarkdown } from '../../../src/report/readiness-markdown.ts';
import { passRecord } from '../../support/records.ts';

const item = (verdict: ReadinessItem['verdict'], change: Partial<ReadinessItem> = {}): ReadinessItem => ({ section: 'Benchmarks', item: 'Health check < 100 ms', verdict, figure: '12 ms', evidence: [{ by: 'health/latency.p95', verdict, sentence: 'p95 latency 12 ms, limit 100 ms' }], ...change });
const outside = item('not-measurable', { section: null, item: 'Backups', figure: null, evidence: [{ by: '', verdict: 'not-measurable', sentence: 'it is kept by people' }] });

function recordWith(items: ReadinessItem[], change: (record: RunRecord) => RunRecord = (record) => record): RunRecord {
  const record = passRecord();
  return change({ ...record, scenarios: record.scenarios.map((scenario) => ({ ...scenario, readiness: { guide: 'Checklist of the system', items } })) });
}
const headline = (record: RunRecord): string | undefined => renderReadinessMarkdown(record).split('\n').find((line) => line.startsWith('**'));

describe('the page of a system', () => {
  it('says each item with verdict, figure and evidence, and lists what people must confirm', () => {
    const security = item('fail', { section: 'Security', item: 'Rate limiting', figure: null, evidence: [{ by: 'limits/check.rateLimit', verdict: 'fail', sentence: 'none was answered 429' }, { by: 'edge/check.rateLimit', verdict: 'pass', sentence: '429 after 10' }] });
    expect(renderReadinessMarkdown(recordWith([item('pass'), security, outside]))).toMatchInlineSnapshot(`
      "# Readiness of video-generation-api

      **NOT READY**: 1 of 2 measurable items does not hold; 1 for people to confirm

      Checklist of the system

      | what | value |
      | --- | --- |
      | target | embedded |
      | measured | 2026-02-03 14:05:09 UTC, in 1 min 52 s |
      | profile | quick, 3 rounds |
      | run | 20260203-140509-k3f9 |
      | commit | 9f2c1ab47d0e |
      | measured from | AMD EPYC 7B13, Debian GNU/Linux 12 |

      ## Benchmarks

      | item | verdict | figure | evidence |
      | --- | --- | ---: | --- |
      | Health check &lt; 100 ms | holds | 12 ms | p95 latency 12 ms, limit 100 ms |

      ## Security

      | item | verdict | figure | evidence |
      | --- | --- | ---: | --- |
      | Rate limiting | **does not hold** | – | limits: none was answered 429; edge: 429 after 10 |

      ## Not measurable from outside: for people to confirm

      it is kept by people:

      - [ ] Backups

      Measured again by:

      \`\`\`sh
      npx bench run scenarios/video-generation/api.yaml --profile quick --seed 42
      \`\`\`

      Signed off by: \\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_ Date: \\_\\_\\_\\_\\_\\_
      "
    `);
  });

  it.each<[string, ReadinessItem[], string]>([
    ['all that can be measured', [item('pass'), outside], '**HOLDS**: all that can be measured holds (1 item); 1 for people to confirm'],
    ['something does not hold', [item('pass'), item('fail'), item('not-measured')], '**NOT READY**: 1 of 3 measurable items does not hold; 1 not measured in this run'],
    ['a warning', [item('pass'), item('warning'), item('undecided')], '**WITH RESERVATIONS**: nothing fails, and 2 items have a warning or could not be decided'],
    ['a part was not measured', [item('pass'), item('not-measured')], '**INCOMPLETE**: 1 item holds, none fails; 1 not measured in this run'],
    ['nothing was', [item('not-measured'), outside], '**NOT MEASURED**: nothing was measured; 1 not measured in this run, 1 for people to confirm'],
  ])('%s', (_name, items, expected) => expect(headline(recordWith(items))).toBe(expected));

  it('says that an interrupted or invalid run is one', () => {
    const record = recordWith([item('pass')], (each) => ({ ...each, verdict: { ...each.verdict, status: 'interrupted', sentence: 'Ctrl-C after round 1' } }));
    for (const page of [renderReadinessMarkdown(record), renderReadinessHtml(record)]) expect(page).toContain('The run is INTERRUPTED: Ctrl-C after round 1');
  });

  it('is a page of its own in HTML: nothing loaded, nothing run, nothing of the service is markup', () => {
    const html = renderReadinessHtml(recordWith([item('pass', { evidence: [{ by: 'a', verdict: 'pass', sentence: '<script>alert(1)</script>' }] }), outside]));
    expect(html).not.toMatch(/<script|https?:\/\/(?!127)/);
    expect(html).toContain('&lt;script&gt;alert(1)');
    expect(html).toContain('<li>Backups</li>');
  });

  it('has one page for each system, and says where there is no guide', () => {
    const two = recordWith([item('pass')], (record) => ({ ...record, scenarios: record.scenarios.flatMap((each) => [each, { ...each, name: 'other' }]) }));
    expect(renderReadinessHtml(two).match(/class="sheet"/g)).toHaveLength(2);
    expect(renderReadinessMarkdown(passRecord())).toBe('No scenario of this run has a readiness guide.\n');
  });
});
