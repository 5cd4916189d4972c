import { isIP } from 'node:net';
import { hostOf } from '../../addresses.ts';
import { BenchError, EXIT } from '../../errors.ts';

/** Where the runners may go, as a network policy can say it: pods of a namespace, or addresses, at one TCP port. */
export type Reach =
  | { type: 'pods'; namespace: string; labels: Readonly<Record<string, string>>; port: number }
  | { type: 'addresses'; cidrs: readonly string[]; port: number };

/** What is known of a host beside its name. */
export interface Known {
  /** Its addresses as the pods see them; empty where they are not given. */
  cidrs: readonly string[];
  /** Of the pods behind a service of the cluster; `{}`: all of its namespace. */
  labels: Readonly<Record<string, string>>;
}

/** Null for a name outside the cluster without addresses: a policy knows no names. */
export function reachOf(host: string, port: number, { cidrs, labels }: Known): Reach | null {
  if (cidrs.length > 0) return { type: 'addresses', cidrs, port };
  const namespace = namespaceOf(host);
  if (namespace !== null) return { type: 'pods', namespace, labels, port };
  const family = isIP(host);
  return family === 0 ? null : { type: 'addresses', cidrs: [cidrOf(host, family === 4 ? 4 : 6)], port };
}

/** Where samples are sent to. Throws a BenchError (2) where a policy could not be limited to it. */
export function prometheusReach(url: URL, cidrs: readonly string[]): Reach {
  const host = hostOf(url);
  const reach = reachOf(host, portOf(url), { cidrs, labels: {} });
  if (reach !== null) return reach;
  throw new BenchError(EXIT.usage, `--prometheus: ${host} is neither a service of the cluster nor an address, and a network policy knows no names`, { hint: 'Give its addresses as the pods see them: --prometheus-cidr 203.0.113.10/32; a service of the cluster is written name.namespace.svc.' });
}

/** Of a service of the cluster, `name.namespace.svc`; null for any other host. */
export function namespaceOf(host: string): string | null {
  return /^[a-z0-9-]+\.([a-z0-9-]+)\.svc(\.|$)/.exec(host)?.[1] ?? null;
}

export const cidrOf = (address: string, family: 4 | 6): string => `${address}/${family === 4 ? 32 : 128}`;

export const portOf = (url: URL): number => Number(url.port) || (url.protocol === 'https:' ? 443 : 80);

/** Whether pods have to ask DNS for it. */
export const isName = (url: URL): boolean => isIP(hostOf(url)) === 0;

