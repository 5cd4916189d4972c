import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import { fingerprint, hashOf } from '../../../src/host/fingerprint.ts';

describe('fingerprint', () => {
  it('is the same every time, and holds nothing that changes by itself', async () => {
    const [first, second] = [await fingerprint(), await fingerprint()];
    expect(second).toEqual(first);
    expect(first.hash).toMatch(/^[0-9a-f]{12}$/);
    expect(Object.keys(first.hard)).toEqual(['cpu', 'cores', 'memoryGiB', 'architecture', 'platform', 'gpus', 'gpuCount', 'virtualisation']);
    expect(Object.keys(first.soft)).toEqual(['kernel', 'os', 'node', 'gpuDriver']);
    expect(Object.values({ ...first.hard, ...first.soft })).not.toContain(hostname());
  });

  it('hashes facts whatever their order, and every one of them', () => {
    expect(hashOf({ a: 1, b: 'x' })).toBe(hashOf({ b: 'x', a: 1 }));
    expect(hashOf({ a: 1, b: 'x' })).not.toBe(hashOf({ a: 1, b: 'y' }));
    // printf '{"a":1,"b":"x"}' | sha256sum
    expect(hashOf({ a: 1, b: 'x' })).toBe('ecf9e98ec064');
  });
});
