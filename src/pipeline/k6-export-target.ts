import { lookup } from 'node:dns/promises';
import { BenchError, EXIT } from '../errors.ts';
import { cidrOf, portOf, reachOf, type Known, type Reach } from '../k6/export/reach.ts';
import { hostOf, isLoopback, literal, type Address } from '../target/addresses.ts';
import { guard, type GuardRules } from '../target/guard.ts';
import { parseBaseUrl } from '../target/resolve.ts';

/** What is known of the target inside the cluster. */
export interface TargetInCluster extends Known {
  /** That its pods listen on; null: the one of the URL. */
  port: number | null;
}

/** Where pods send the load, let through by the guard. A pod's loopback is its own: such a target is a mistake. Throws a BenchError (2). */
export async function clusterTarget(baseUrl: string | undefined, known: TargetInCluster, rules: GuardRules): Promise<{ url: URL; reach: Reach }> {
  const hint = 'Give the address that the pods reach it at: --target http://api.shop.svc:8080';
  if (baseUrl === undefined || baseUrl.startsWith('embedded')) throw new BenchError(EXIT.usage, `the target is ${baseUrl ?? 'not given'}: pods of a cluster cannot reach it`, { hint });
  const url = parseBaseUrl(baseUrl);
  const host = hostOf(url);
  const own = literal(host);
  if (host === 'localhost' || (own !== null && isLoopback(own))) throw new BenchError(EXIT.usage, `${baseUrl} is this machine: pods of a cluster cannot reach it`, { hint });
  const port = known.port ?? portOf(url);
  const said = reachOf(host, port, known);
  const addresses = own !== null ? [own] : said !== null ? [] : await addressesOf(host);
  guard(url, addresses, rules);
  const reach: Reach = said ?? { type: 'addresses', cidrs: addresses.map(({ address, family }) => cidrOf(address, family)), port };
  if (reach.type === 'addresses' && Object.keys(known.labels).length > 0) {
    throw new BenchError(EXIT.usage, `--target-selector says which pods of a service are the target, but ${known.cidrs.length > 0 ? '--target-cidr names addresses' : `${host} is no service of the cluster`}`, { hint: 'Leave one of them out; a service of the cluster is written name.namespace.svc.' });
  }
  return { url, reach };
}

async function addressesOf(host: string): Promise<Address[]> {
  try {
    return (await lookup(host, { all: true })).map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
  } catch (thrown) {
    throw new BenchError(EXIT.usage, `${host} does not resolve here, so the network policy cannot name its addresses`, { hint: 'Give them: --target-cidr 10.0.0.0/24; a service of the cluster is written name.namespace.svc.', cause: thrown });
  }
}
