import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { neededBytes, requireSpace } from '../../../../src/workloads/encode/disk.ts';

test('room for all outputs that are there at once, at their capped bit rate', () => {
  // 30 s at 1.5 × 2 Mbit/s are 11.25 MB; with a megabyte each, and one more than run at once.
  expect(neededBytes(2_000_000, 30_000, 1)).toBe(2 * 12_250_000);
  expect(neededBytes(2_000_000, 30_000, 10)).toBe(11 * 12_250_000);
});

test('a disk without that room ends the preflight with exit code 5, in words', async () => {
  await requireSpace(tmpdir(), 1);
  await expect(requireSpace(tmpdir(), 1e21)).rejects.toMatchObject({ exitCode: 5 });
  await expect(requireSpace(tmpdir(), 1e21)).rejects.toThrow(/^not enough disk space for the encodes: .* free at .*, .* needed$/);
});
