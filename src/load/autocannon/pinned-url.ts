import { isIP } from 'node:net';
import type { TargetPlan } from '../plan.ts';

/** autocannon looks names up itself: it is given an address that the guard let through, and the name as a header. */
export function pinnedUrl(target: TargetPlan, path: string): { url: string; host: string; servername: string | null } {
  const origin = new URL(target.origin);
  const hostname = origin.hostname.replace(/^\[|\]$/g, '');
  const [first] = target.addresses;
  const address = isIP(hostname) === 0 ? first?.address : hostname;
  if (address === undefined) throw new Error(`no address is known for ${hostname}`);
  const port = origin.port === '' ? '' : `:${origin.port}`;
  const bracketed = isIP(address) === 6 ? `[${address}]` : address;
  return { url: `${origin.protocol}//${bracketed}${port}${path}`, host: origin.host, servername: isIP(hostname) === 0 ? hostname : null };
}
