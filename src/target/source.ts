import { BenchError, EXIT } from '../errors.ts';
import { hostOf, isLoopback } from '../addresses.ts';
import { isListed } from './guard.ts';
import { addressesOf } from './resolve.ts';
import type { Target } from './target.ts';

/**
 * A URL that is read during a run and put under no load, such as a metrics endpoint: this machine, or a host in `allowTargets`;
 * a confirmation is not needed. As a target whose connections go to the addresses that were looked at.
 * Throws a BenchError: 2 for a host that is not allowed, 5 for a name that does not resolve.
 */
export async function resolveSource(text: string, { allowTargets, signal }: { allowTargets: readonly string[]; signal?: AbortSignal }): Promise<Target> {
  const url = new URL(text);
  const addresses = await addressesOf(hostOf(url), signal === undefined ? {} : { signal });
  if (!addresses.every(isLoopback) && !isListed(url, allowTargets)) {
    throw new BenchError(EXIT.usage, `${hostOf(url)} may not be read: it is neither this machine nor in allowTargets`, { hint: `If it is yours: write \`allowTargets: [${hostOf(url)}]\` into bench.config.yaml.` });
  }
  return { baseUrl: text, label: text, headers: {}, addresses };
}
