import { createHash } from 'node:crypto';

/**
 * Names and label values of Kubernetes have 63 characters (RFC 1123), and the operator and this export append their own: the
 * longest are -initializer and, for a thousand pods, -service-999.
 */
const LONGEST = 63 - '-initializer'.length;
const HASH = 8;

/**
 * The name of a test's objects: the scenario's own where it can be one, otherwise shortened, with a hash of the whole so that two
 * scenarios never share one. The operator's Services have to begin with a letter (RFC 1035).
 */
export function kubernetesName(scenario: string): string {
  const named = (/^[a-z]/.test(scenario) ? scenario : `k6-${scenario}`).replace(/-+$/, '');
  if (named === scenario && named.length <= LONGEST) return named;
  const hash = createHash('sha256').update(scenario).digest('hex').slice(0, HASH);
  return `${named.slice(0, LONGEST - HASH - 1).replace(/-+$/, '')}-${hash}`;
}

export const secretName = (name: string): string => `${name}-secrets`;
export const prometheusSecretName = (name: string): string => `${name}-prometheus`;
export const storeSecretName = (name: string): string => `${name}-store`;
export const resultsName = (name: string): string => `${name}-results`;
