import { BlockList, isIP } from 'node:net';

export interface Address {
  address: string;
  family: 4 | 6;
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** 127/8 and ::1, also written as an IPv4-mapped IPv6 address. `0.0.0.0` is not: it means every interface. */
export function isLoopback({ address, family }: Address): boolean {
  return loopback.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/** The host of a URL as a plain name or address: lower case, without the brackets of IPv6 and the dot of a root. */
export function hostOf(url: URL): string {
  return url.hostname.toLowerCase().replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

/** A literal address; null where the host is a name. */
export function literal(host: string): Address | null {
  const family = isIP(host);
  return family === 4 || family === 6 ? { address: host, family } : null;
}
