import { lookup } from 'node:dns/promises';
import { BenchError, EXIT } from '../errors.ts';
import { cidrOf, isName, portOf, reachOf, type Known, type Reach } from '../k6/export/reach.ts';
import { hostOf, literal, type Address } from '../addresses.ts';
import { isEmbedded, isThisMachine } from '../base-url.ts';
import { guard, type GuardRules } from '../target/guard.ts';

/** What is known of the target inside the cluster. */
export interface TargetInCluster extends Known {
  /** That its pods listen on; null: the one of the URL. */
  port: number | null;
}

/** Where pods send the load. */
export interface InCluster {
  baseUrl: string;
  reach: Reach;
  /** Whether pods have to ask DNS for it. */
  asksDns: boolean;
}

/** Where pods send the load, let through by the guard. A pod's loopback is its own: such a target is a mistake. Throws a BenchError (2). */
export async function clusterTarget(baseUrl: string | undefined, known: TargetInCluster, rules: GuardRules): Promise<InCluster> {
  const hint = 'Give the address that the pods reach it at: --target http://api.shop.svc:8080';
  if (baseUrl === undefined || isEmbedded(baseUrl)) throw new BenchError(EXIT.usage, `the target is ${baseUrl ?? 'not given'}: pods of a cluster cannot reach it`, { hint });
  if (isThisMachine(baseUrl)) throw new BenchError(EXIT.usage, `${baseUrl} is this machine: pods of a cluster cannot reach it`, { hint });
  const url = new URL(baseUrl);
  const host = hostOf(url);
  const own = literal(host);
  const port = known.port ?? portOf(url);
  const said = reachOf(host, port, known);
  const addresses = own !== null ? [own] : said !== null ? [] : await addressesOf(host);
  guard(url, addresses, rules);
  const reach: Reach = said ?? { type: 'addresses', cidrs: addresses.map(({ address, family }) => cidrOf(address, family)), port };
  if (reach.type === 'addresses' && Object.keys(known.labels).length > 0) {
    throw new BenchError(EXIT.usage, `--target-selector says which pods of a service are the target, but ${known.cidrs.length > 0 ? '--target-cidr names addresses' : `${host} is no service of the cluster`}`, { hint: 'Leave one of them out; a service of the cluster is written name.namespace.svc.' });
  }
  return { baseUrl, asksDns: isName(url), reach };
}

async function addressesOf(host: string): Promise<Address[]> {
  try {
    return (await lookup(host, { all: true })).map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
  } catch (thrown) {
    throw new BenchError(EXIT.usage, `${host} does not resolve here, so the network policy cannot name its addresses`, { hint: 'Give them: --target-cidr 10.0.0.0/24; a service of the cluster is written name.namespace.svc.', cause: thrown });
  }
}
