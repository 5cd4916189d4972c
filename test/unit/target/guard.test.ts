import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { isLoopback, type Address } from '../../../src/target/addresses.ts';
import { guardTarget } from '../../../src/target/guard.ts';

const nobody = { allowTargets: [], confirmTarget: null };
const resolvesTo = (...addresses: string[]) => (): Promise<Address[]> => Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));

describe('guardTarget', () => {
  it.each(['http://127.0.0.1:8080', 'http://127.8.9.1', 'http://[::1]:3000/api', 'https://localhost'])('lets loopback through: %s', async (url) => {
    const target = await guardTarget(url, {}, nobody);
    expect(target.baseUrl).toBe(url);
    expect(target.addresses.every(isLoopback)).toBe(true);
  });

  it('goes by the address, not by the name', async () => {
    await expect(guardTarget('http://localhost:1', {}, nobody, resolvesTo('127.0.0.1', '203.0.113.9'))).rejects.toMatchObject({ exitCode: 2 });
    await expect(guardTarget('http://video.test', {}, nobody, resolvesTo('127.0.0.1'))).resolves.toMatchObject({ label: 'http://video.test' });
  });

  it('needs both the config and the confirmation for any other host, and says how to give them', async () => {
    const other = resolvesTo('203.0.113.9');
    const url = 'https://staging.example.com/api/';
    const both = { allowTargets: ['staging.example.com'], confirmTarget: 'staging.example.com' };
    await expect(guardTarget(url, {}, both, other)).resolves.toMatchObject({ baseUrl: 'https://staging.example.com/api', addresses: [{ address: '203.0.113.9' }] });
    for (const half of [{ ...both, allowTargets: [] }, { ...both, confirmTarget: null }, { ...both, confirmTarget: 'other.example.com' }]) {
      await expect(guardTarget(url, {}, half, other)).rejects.toMatchObject({ exitCode: 2, hint: expect.stringContaining('staging.example.com') as string });
    }
  });

  it('tells a name that does not resolve from a host that is not allowed', async () => {
    const none = (): Promise<Address[]> => Promise.reject(new Error('getaddrinfo ENOTFOUND nosuch.test'));
    await expect(guardTarget('http://nosuch.test', {}, nobody, none)).rejects.toMatchObject({ exitCode: 5, message: expect.stringContaining('nosuch.test') as string });
  });

  it.each(['ftp://127.0.0.1', 'nonsense', 'http://user:pass@127.0.0.1'])('refuses %s', async (url) => {
    await expect(guardTarget(url, {}, nobody)).rejects.toMatchObject({ exitCode: 2 });
  });

  it('takes exactly 127.0.0.0/8 for IPv4 loopback', () => {
    fc.assert(fc.property(fc.ipV4(), (address) => isLoopback({ address, family: 4 }) === address.startsWith('127.')));
    expect(isLoopback({ address: '::ffff:127.0.0.1', family: 6 })).toBe(true);
    expect(isLoopback({ address: '::ffff:10.0.0.1', family: 6 })).toBe(false);
  });
});
