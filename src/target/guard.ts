import { BenchError, EXIT } from '../errors.ts';
import { type Address, hostOf, isLoopback } from '../addresses.ts';

export interface GuardRules {
  /** `allowTargets` of bench.config.yaml: `host` or `host:port`. */
  allowTargets: readonly string[];
  /** `--confirm-target` or BENCH_CONFIRM_TARGET: hosts, separated by commas. */
  confirmTarget: string | undefined;
}

/**
 * Lets load through to this machine, and to a host that was both allowed in writing and confirmed for this run.
 * Judged by where the name really leads: all of its addresses must be loopback for it to count as this machine.
 * Throws a BenchError (2) that says what to write where.
 */
export function guard(url: URL, addresses: readonly Address[], rules: GuardRules): void {
  if (addresses.length > 0 && addresses.every(isLoopback)) return;
  const host = hostOf(url);
  const where = addresses.map(({ address }) => address).join(', ');
  const leads = where === host ? host : `${host} (${where})`;
  const allowed = isListed(url, rules.allowTargets);
  const confirmed = (rules.confirmTarget ?? '').split(',').some((entry) => names(entry, url));
  if (allowed && confirmed) return;

  const steps = [
    ...(allowed ? [] : [`write \`allowTargets: [${host}]\` into bench.config.yaml`]),
    ...(confirmed ? [] : [`run with --confirm-target ${host} (or BENCH_CONFIRM_TARGET=${host})`]),
  ];
  const lacks = allowed ? 'not confirmed for this run' : confirmed ? 'not in allowTargets' : 'neither allowed nor confirmed';
  throw new BenchError(EXIT.usage, `load on ${leads} is ${lacks}: it is not this machine`, {
    hint: `If it is yours to load: ${steps.join(', and ')}.`,
  });
}

/** True where `allowTargets` names the URL's host. */
export function isListed(url: URL, allowTargets: readonly string[]): boolean {
  return allowTargets.some((entry) => names(entry, url));
}

/** True where an entry such as `api.example.com`, `api.example.com:8443` or `[2001:db8::1]:80` means the URL's host. */
function names(entry: string, url: URL): boolean {
  const text = entry.trim().toLowerCase();
  if (text === '') return false;
  const host = hostOf(url);
  if (text === host) return true;
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  return text === `[${host}]` || text === `${host}:${port}` || text === `[${host}]:${port}`;
}
