import { describe, expect, it } from 'vitest';
import { generatorFault, latenessOf } from '../../../src/capacity/generator.ts';
import type { CapacityFigure } from '../../../src/record/capacity.ts';
import type { Finding, HttpWindow, JobRun, Metric, WorkloadRecord } from '../../../src/record/schema.ts';
import { QUIET, SATURATED } from '../../support/capacity-doubles.ts';

const http = (...seconds: Partial<HttpWindow>[]): WorkloadRecord['series'] => ({ kind: 'http', spectrum: [], rounds: [{ round: 0, windows: seconds.map((each, second) => ({ ...QUIET, second, ...each })) }] });
const late = (ms: number): WorkloadRecord['series'] => http({ dispatchLagP99Ms: ms });
const run = (submittedMs: number, submitLateMs: number | null): JobRun => ({
  round: 0, job: 0, lane: 0, outcome: 'done', submittedMs, submitLateMs, acceptedMs: 0, endMs: 0, lateByMs: null, queueWaitMs: null, processingMs: null, polls: 1, bytes: null, removed: 'yes', message: null,
});
const figure = (value: number | null, change: Partial<CapacityFigure> = {}): CapacityFigure => ({ metric: 'latency.p95', operator: '<=', limit: 12, unit: 'ms', value, kept: value !== null && value <= (change.limit ?? 12), ...change });
const fault = (figures: CapacityFigure[], series: WorkloadRecord['series']): string | null => generatorFault({ trial: 0, findings: [], figures, metrics: [], series });

describe('how late the generator was', () => {
  it('is the worse of sending and of its event loop in each second, then the median of the seconds', () => {
    expect(latenessOf(http({ dispatchLagP99Ms: 1, loopDelayP99Ms: 1 }, { dispatchLagP99Ms: 2, loopDelayP99Ms: 5 }, { dispatchLagP99Ms: 30, loopDelayP99Ms: 1 }), 0)).toBe(4);
  });

  it('counts seconds in which something was due, and no tick of a timer', () => {
    expect(latenessOf(http({ dispatchLagP99Ms: 0.2, loopDelayP99Ms: 1 }, { offered: 0, dispatchLagP99Ms: 500 }), 0)).toBe(0.2);
  });

  it('of jobs: how late their submits were sent', () => {
    expect(latenessOf({ kind: 'job', jobs: [run(100, 1), run(900, 9), run(1_200, 3), run(2_500, 20)] }, 0)).toBe(9);
    expect(latenessOf({ kind: 'job', jobs: [run(100, null)] }, 0)).toBeNull();
  });

  it('is not known of another trial', () => {
    expect(latenessOf(late(9), 1)).toBeNull();
  });
});

describe('whose fault a limit that was not kept is', () => {
  it('the generator’s, where it was later than a quarter of the limit', () => {
    expect(fault([figure(15)], late(3.1))).toBe('The load generator was 3.10 ms late itself (p99, median of the seconds), more than a quarter of the 12 ms allowed for latency.p95: what was measured is its own lateness too.');
    expect(fault([figure(15)], late(2.9))).toBeNull();
  });

  it('never where the limit was kept: lateness makes nothing look faster', () => {
    expect(fault([figure(11)], late(9))).toBeNull();
  });

  it('the service’s, where it was missed by more than such a lateness explains', () => {
    expect(fault([figure(12 + 39)], late(4))).not.toBeNull();
    expect(fault([figure(12 + 41)], late(4))).toBeNull();
  });

  it('the service’s, where another limit was not kept that no lateness breaks', () => {
    expect(fault([figure(15), figure(0.2, { metric: 'errors.rate', unit: 'share', limit: 0.01 })], late(5))).toBeNull();
    expect(fault([figure(15), figure(15, { metric: 'queueWait.p95' })], late(5))).toBeNull();
    expect(fault([figure(15), figure(null, { metric: 'completion.p95' })], late(5))).toBeNull();
  });

  it('the generator’s, whatever was measured, where it was saturated in that trial', () => {
    const of = (round: number): string | null => generatorFault({ trial: 0, findings: [{ ...SATURATED, round }], figures: [figure(1)], metrics: [], series: late(0) });
    expect(of(0)).toBe(SATURATED.message);
    expect(of(1)).toBeNull();
  });

  it('the generator’s, where it dropped what the service could have taken', () => {
    const full: Finding = { severity: 'warning', code: 'in-flight-limit-reached', message: '', remedy: '', round: 0 };
    const metric = (id: string, value: number): Metric => ({ id, labels: {}, unit: 'ms', better: 'lower', value, rounds: [value], n: 100 });
    const of = (figures: CapacityFigure[], sentMs: number, findings = [full]): string | null =>
      generatorFault({ trial: 0, findings, figures, metrics: [metric('latency.p95', 10_000), metric('service.p95', sentMs)], series: http({ offered: 100, dropped: 20 }) });
    const success = (value: number): CapacityFigure => figure(value, { metric: 'success.rate', operator: '>=', unit: 'share', limit: 0.95, kept: false });
    const [slow, errors] = [figure(10_000), figure(0.2, { metric: 'errors.rate', unit: 'share', limit: 0.01 })];
    expect(of([slow, errors], 5)).toBe('The load generator could not have more under way (maxInFlight): of latency.p95, what it sent kept its limit, and what it dropped did not.');
    // What was sent was too slow as well, or failed: the service is at its end.
    expect(of([slow], 13)).toBeNull();
    expect(of([{ ...errors, value: 0.25 }], 5)).toBeNull();
    expect(of([slow], 5, [])).toBeNull();
    expect(of([success(0.7)], 5)).toBeNull();
    expect(of([success(0.8)], 5)).not.toBeNull();
  });
});
