import { BenchError, EXIT, reasonOf } from '../errors.ts';
import { addressesOf, isLoopback, type Address } from './addresses.ts';
import type { Target } from './target.ts';

/** What the user has said about hosts that are not this machine. */
export interface Permission {
  /** `allowTargets` of bench.config.yaml. */
  allowTargets: readonly string[];
  /** `--confirm-target` or BENCH_CONFIRM_TARGET. */
  confirmTarget: string | null;
}

const RESOLVE_MS = 4_000;

/**
 * Lets a URL through as a target, with the addresses connections may go to. Loopback is free; any other host must be in
 * `allowTargets` and be confirmed by name. Judged by the resolved addresses, not by how the name looks.
 * Throws a BenchError: 2 where load may not go there, 5 where the name does not resolve.
 */
export async function guardTarget(baseUrl: string, headers: Readonly<Record<string, string>>, permission: Permission, resolve = addressesOf): Promise<Target> {
  const url = parse(baseUrl);
  const addresses = await resolved(url, resolve);
  if (!addresses.every(isLoopback)) checkPermission(url, addresses, permission);
  const trimmed = baseUrl.replace(/\/+$/, '');
  return { baseUrl: trimmed, label: trimmed, headers, addresses };
}

function parse(baseUrl: string): URL {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : null;
  if (url !== null && (url.protocol === 'http:' || url.protocol === 'https:')) {
    if (url.username === '' && url.password === '') return url;
    throw new BenchError(EXIT.usage, 'the target URL carries a user name or a password', { hint: 'put them into target.headers: { authorization: "Basic ${secret.X}" }' });
  }
  throw new BenchError(EXIT.usage, `the target must be an http or https URL: got "${baseUrl}"`, { hint: 'for example http://127.0.0.1:8080, or embedded' });
}

async function resolved(url: URL, resolve: typeof addressesOf): Promise<Address[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer from the resolver within ${RESOLVE_MS / 1_000} s`)), RESOLVE_MS);
  });
  try {
    return await Promise.race([resolve(url.hostname), late]);
  } catch (error) {
    throw new BenchError(EXIT.unreachable, `the host name ${url.hostname} does not resolve: ${reasonOf(error)}`, { hint: 'check the URL, and that this machine reaches a name server', cause: error });
  } finally {
    clearTimeout(timer);
  }
}

function checkPermission(url: URL, addresses: readonly Address[], { allowTargets, confirmTarget }: Permission): void {
  const names = new Set([url.hostname, url.host, url.hostname.replace(/^\[|\]$/g, '')]);
  const allowed = allowTargets.some((host) => names.has(host));
  const confirmed = confirmTarget !== null && names.has(confirmTarget);
  if (allowed && confirmed) return;
  const where = `${url.hostname} (${addresses.map(({ address }) => address).join(', ')})`;
  const steps = [
    ...(allowed ? [] : [`write into bench.config.yaml:  allowTargets: [${url.hostname}]`]),
    ...(confirmed ? [] : [`add to the command:            --confirm-target ${url.hostname}   (or BENCH_CONFIRM_TARGET=${url.hostname})`]),
  ];
  throw new BenchError(EXIT.usage, `load to ${where} is not allowed: it is not this machine${confirmTarget !== null && !confirmed ? `, and what was confirmed is ${confirmTarget}` : ''}`, {
    hint: `If it is yours to load:\n${steps.join('\n')}\n(allowTargets in bench.config.yaml and --confirm-target are both needed.)`,
  });
}
