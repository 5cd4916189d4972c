import { describe, expect, it } from 'vitest';
import { gaveWay } from '../../../src/capacity/gave-way.ts';
import type { CapacityFigure, CapacityLevel, CapacityTrial } from '../../../src/record/capacity.ts';

const p95 = (value: number | null): CapacityFigure => ({ metric: 'latency.p95', operator: '<=', limit: 100, unit: 'ms', value, kept: value !== null && value <= 100 });
const errors = (value: number | null): CapacityFigure => ({ metric: 'errors.rate', operator: '<=', limit: 0.01, unit: 'share', value, kept: value !== null && value <= 0.01 });
const trial = (figures: CapacityFigure[], change: Partial<CapacityTrial> = {}): CapacityTrial => ({ kept: figures.every(({ kept }) => kept), figures, completedPerSecond: null, inFlightAtStart: 2, inFlightAtEnd: 3, machineBusy: 0.4, ...change });
const level = (ratePerSecond: number, one: CapacityTrial): CapacityLevel => ({ ratePerSecond, length: 'long', together: one.kept ? 'kept' : 'failed', trials: [one, one, one], why: null });
const of = (figures: CapacityFigure[], change: Partial<CapacityTrial> = {}) => gaveWay([level(10, trial([p95(5)])), level(20, trial(figures, change)), level(40, trial([errors(1)]))]);

describe('what gave way first', () => {
  it('nothing, while every level is kept', () => {
    expect(gaveWay([level(10, trial([p95(5)]))])).toBeNull();
  });

  it('latency, without a queue: the service itself', () => {
    expect(of([p95(150), errors(0)])).toEqual({ metric: 'latency.p95', resource: 'service', sentence: '150 ms where at most 100 ms is allowed, at 20/s. Answers became slower without a queue that grows, the processors of this machine 40 % busy: the service itself takes longer at this rate.' });
    expect(of([p95(150)], { machineBusy: null })?.sentence).toBe('150 ms where at most 100 ms is allowed, at 20/s. Answers became slower without a queue that grows: the service itself takes longer at this rate.');
  });

  it('a queue that grows', () => {
    expect(of([p95(150)], { inFlightAtStart: 3, inFlightAtEnd: 60 })).toEqual({ metric: 'latency.p95', resource: 'queue', sentence: '150 ms where at most 100 ms is allowed, at 20/s. Requests in flight grew from 3 to 60 within a trial: more come than are served.' });
    // A few more are no queue, nor is a long one that stays as it is.
    expect(of([p95(150)], { inFlightAtStart: 1, inFlightAtEnd: 4 })?.resource).toBe('service');
    expect(of([p95(150)], { inFlightAtStart: 50, inFlightAtEnd: 60 })?.resource).toBe('service');
  });

  it('the processors of this machine, whatever else is to be seen', () => {
    const found = of([p95(150), errors(0.5)], { machineBusy: 0.97, inFlightAtStart: 3, inFlightAtEnd: 60 });
    expect(found?.resource).toBe('machine');
    expect(found?.sentence).toBe('50 % where at most 1 % is allowed, at 20/s. The processors of this machine were 97 % busy: whatever runs on it, the load generator included, had nothing left. Requests in flight grew from 3 to 60 within a trial: more come than are served.');
  });

  it('errors: what is furthest beyond its limit is named', () => {
    expect(of([p95(150), errors(0.3)])).toEqual({ metric: 'errors.rate', resource: 'errors', sentence: '30 % where at most 1 % is allowed, at 20/s. Requests failed while the processors of this machine were not exhausted (40 % busy): a limit of the service, such as a rate limit or a full queue.' });
    const success: CapacityFigure = { metric: 'success.rate', operator: '>=', limit: 0.95, unit: 'share', value: 0.5, kept: false };
    expect(of([success])?.sentence).toMatch(/^50 % where at least 95 % is needed, at 20\/s\. Requests failed/);
  });

  it('errors too, where nothing came back in its time and only a latency is limited', () => {
    expect(of([p95(null)])).toMatchObject({ metric: 'latency.p95', resource: 'errors', sentence: 'No figure of it, at 20/s. Nothing that came back was an answer as expected.' });
    expect(of([p95(null), errors(1)])?.metric).toBe('errors.rate');
  });

  it('a set-up that failed is no answer that became slower', () => {
    expect(of([p95(null), errors(null)], { why: 'Set-up step login failed: 401' })).toEqual({ metric: 'latency.p95', resource: 'set-up', sentence: 'Set-up step login failed: 401' });
  });

  it('the load generator, where that gave way below the service', () => {
    const generator: CapacityLevel = { ratePerSecond: 15, length: 'short', together: 'generator', trials: [], why: 'Requests were sent late.' };
    expect(gaveWay([generator, level(20, trial([p95(150)]))])).toEqual({ metric: 'load generator', resource: 'generator', sentence: 'Requests were sent late.' });
    expect(gaveWay([{ ...generator, ratePerSecond: 30 }, level(20, trial([p95(150)]))])?.resource).toBe('service');
  });
});
