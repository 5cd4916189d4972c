import { describe, expect, it } from 'vitest';
import { otherLimits, requireSame, type Identity } from '../../../src/pipeline/resumable.ts';
import type { SlaLimit } from '../../../src/record/limits.ts';
import { searchRecord } from '../../support/capacity-records.ts';

const stored = { ...searchRecord(), target: 'http://127.0.0.1:8080/api' };
const now: Identity = {
  scenario: { sha256: stored.scenario.sha256, target: { baseUrl: 'http://127.0.0.1:8080/api', headers: {} } },
  workload: stored.workload, profile: 'quick', environmentHash: stored.environment.hash, text: (value) => value,
};
const said = (change: Partial<Identity>): string | null => {
  try {
    requireSame('search', stored, { ...now, ...change });
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};
const p95: SlaLimit = { id: 'latency.p95', labels: {}, operator: '<=', limit: 100, severity: 'critical' };

describe('what was interrupted goes on', () => {
  it('with the same of everything that is in its figures', () => {
    expect(said({})).toBeNull();
  });

  it.each<[Partial<Identity>, string]>([
    [{ scenario: { ...now.scenario, sha256: 'other' } }, 'the scenario has changed since'],
    [{ workload: 'other' }, 'it measured status, not other'],
    [{ profile: 'nightly' }, 'it ran in the profile quick, not in nightly'],
    [{ scenario: { ...now.scenario, target: { baseUrl: 'embedded', headers: {} } } }, 'it measured http://127.0.0.1:8080/api, not embedded'],
    [{ environmentHash: 'other' }, 'it ran on another machine'],
  ])('and not otherwise: %j', (change, why) => {
    expect(said(change)).toContain(`cannot go on: ${why}`);
  });

  it('and not with other limits, which its trials were held against', () => {
    expect(otherLimits([p95], [{ ...p95 }])).toBeNull();
    expect(otherLimits([p95], [{ ...p95, limit: 200 }])).toBe('its limits have changed since: then latency.p95 <= 100; now latency.p95 <= 200');
    expect(otherLimits([p95], [p95, { ...p95, id: 'errors.rate', limit: 0.01 }])).toBe('its limits have changed since: now errors.rate <= 0.01');
    expect(otherLimits(undefined, [p95])).toContain('an earlier version');
  });
});
