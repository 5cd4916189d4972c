import type { LookupFunction } from 'node:net';
import { hostOf } from '../addresses.ts';

/** Where the load goes, after the guard has let it through. */
export interface Target {
  /** Without a trailing slash: `http://127.0.0.1:8080/api`. */
  baseUrl: string;
  /** What reports call it: the base URL as the scenario has it, or `embedded`. */
  label: string;
  /** Sent with every request; secrets already put in. */
  headers: Readonly<Record<string, string>>;
  /** The addresses the guard resolved and let through: connections go to these only. */
  addresses: readonly { address: string; family: 4 | 6 }[];
  /** Where the back end answers by itself: of the embedded service behind its front process alone. */
  backendUrl?: string;
}

/** True where a redirect or a link stays on the host the guard let through. */
export function isSameTarget(target: Target, url: string | URL): boolean {
  const base = new URL(target.baseUrl);
  const parsed = parse(url, base);
  return parsed !== null && /^https?:$/.test(parsed.protocol) && hostOf(parsed) === hostOf(base);
}

/**
 * A `lookup` for net, http and undici (`connect: { lookup }`) that gives the addresses the guard has seen and asks nobody again:
 * what the name means a minute later does not matter.
 */
export function pinnedLookup(target: Target): LookupFunction {
  const [first] = target.addresses;
  return (host, options, callback) => {
    const wanted = target.addresses.filter(({ family }) => options.family === undefined || options.family === 0 || options.family === family || options.family === `IPv${family}`);
    const [chosen = first] = wanted;
    if (chosen === undefined) callback(Object.assign(new Error(`no address of ${host} was let through`), { code: 'ENOTFOUND' }), '', 0);
    else if (options.all === true) callback(null, wanted.length > 0 ? [...wanted] : [chosen]);
    else callback(null, chosen.address, chosen.family);
  };
}

function parse(url: string | URL, base: URL): URL | null {
  try {
    return new URL(url, base);
  } catch {
    return null;
  }
}
