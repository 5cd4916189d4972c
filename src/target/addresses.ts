import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';

export interface Address {
  address: string;
  family: 4 | 6;
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** 127.0.0.0/8, ::1, and IPv4 loopback written as IPv6. */
export function isLoopback({ address, family }: Address): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return loopback.check(mapped, 'ipv4');
  return loopback.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/** Every address a URL's host name stands for. Rejects with the resolver's error. */
export async function addressesOf(hostname: string, resolve: typeof lookup = lookup): Promise<Address[]> {
  const bare = hostname.replace(/^\[|\]$/g, '');
  const family = isIP(bare);
  if (family !== 0) return [{ address: bare, family: family === 4 ? 4 : 6 }];
  const found = await resolve(bare, { all: true, verbatim: true });
  return found.map(({ address, family: each }) => ({ address, family: each === 6 ? 6 : 4 }));
}
