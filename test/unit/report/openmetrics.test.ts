import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderOpenMetrics } from '../../../src/report/openmetrics.ts';
import { parseOpenMetrics } from '../../support/openmetrics.ts';
import * as records from '../../support/records.ts';
import { ANY_CODE_POINT } from '../../support/any-text.ts';

describe('OpenMetrics report', () => {
  it('has every figure in base units, with where it belongs as labels', () => {
    const record = records.regressionRecord();
    const samples = parseOpenMetrics(renderOpenMetrics(record));
    const value = (family: string, labels: Record<string, string> = {}): number | undefined => samples.find((each) => each.family === family && Object.entries(labels).every(([key, text]) => each.labels[key] === text))?.value;
    const p95 = record.scenarios[0]?.workloads[0]?.metrics.find(({ id }) => id === 'latency.p95')?.value ?? 0;
    expect(value('readybench_latency_seconds', { workload: 'health', percentile: '95' })).toBe(p95 / 1_000);
    expect(value('readybench_output_bytes', { label_encoder: 'libx264' })).toBe(7_400_000);
    expect(value('readybench_exit_code')).toBe(3);
    expect(value('readybench_verdict', { status: 'fail' })).toBe(1);
    expect(value('readybench_verdict', { status: 'pass' })).toBe(0);
    expect(value('readybench_regression', { metric: 'latency.p95' })).toBe(1);
    expect(value('readybench_change_ratio', { metric: 'latency.p95' })).toBe(0.58);
    expect(value('readybench_sla_limit', { metric: 'latency.p95' })).toBe(0.1);
  });

  it.each(Object.entries(records).flatMap(([name, make]) => (name.endsWith('Record') && typeof make === 'function' ? [[name, make as () => ReturnType<typeof records.passRecord>] as const] : [])))('%s is read by a strict reader', (_name, make) => {
    expect(parseOpenMetrics(renderOpenMetrics(make())).length).toBeGreaterThan(5);
  });

  it('any text can stand in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: ANY_CODE_POINT, maxLength: 30 }), (text) => {
        const samples = parseOpenMetrics(renderOpenMetrics(records.hostileRecord(text)));
        expect(samples.some(({ labels }) => labels['workload'] === text.replaceAll(/\p{Surrogate}/gu, '\uFFFD').replaceAll('\r', ' '))).toBe(true);
      }),
      { numRuns: 15 },
    );
  });
});
