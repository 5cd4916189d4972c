import { expect, it } from 'vitest';
import { usableMemoryBytes } from '../../../src/host/hardware.ts';
import { k6Environment } from '../../../src/k6/command.ts';
import { bytesOf } from '../../../src/k6/export/quantity.ts';

it('k6 collects its garbage seldom, in half of the memory that is there, unless the user says otherwise', () => {
  const half = Math.floor(usableMemoryBytes() / 2);
  expect(k6Environment(1, {})).toMatchObject({ GOGC: '1000', GOMEMLIMIT: String(half) });
  expect(Number(k6Environment(4, {})['GOMEMLIMIT'])).toBe(Math.floor(half / 4));
  expect(k6Environment(4, { GOGC: '50', GOMEMLIMIT: '1GiB' })).toMatchObject({ GOGC: '50', GOMEMLIMIT: '1GiB' });
});

it('quantities of Kubernetes are bytes', () => {
  expect(['1Gi', '1.5Mi', '512M', '2k', '1000', '1000m'].map(bytesOf)).toEqual([1_073_741_824, 1_572_864, 512_000_000, 2_000, 1_000, 1]);
});
