import { z } from 'zod';
import { bytes, durationMs, needs, ratePerSecond, share } from '../fields.ts';
import type { Unit } from '../record/schema.ts';
import { isEmbedded, shownUrl } from '../base-url.ts';

const wantedUrl = (issue: { input?: unknown }): string => needs('embedded, embedded-proxied or a URL, for example https://staging.example.com/api', typeof issue.input === 'string' ? shownUrl(issue.input) : issue.input);

/** `embedded`, `embedded-proxied`, or an http(s) URL without a trailing slash, credentials, query or fragment. */
export const baseUrl = z.string({ error: wantedUrl }).transform((text, context) => {
  if (isEmbedded(text)) return text;
  const wrong = whyNoBaseUrl(text);
  if (wrong === undefined) return new URL(text).href.replace(/\/+$/, '');
  context.addIssue({ code: 'custom', message: wrong });
  return z.NEVER;
});

function whyNoBaseUrl(text: string): string | undefined {
  if (text.includes('\0<')) return 'must not hold a secret, for it is printed in reports: use ${env.X} for the address and a header with ${secret.X} for credentials';
  if (/^[\w.-]+:\d+(\/|$)/.test(text) || /^[\w-]+(\.[\w-]+)+(\/|$)/.test(text)) return `needs http:// or https:// in front: got ${JSON.stringify(text)}, write for example http://${text}`;
  if (!URL.canParse(text)) return wantedUrl({ input: text });
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') {
    return 'must not hold credentials: write them as a header, for example headers: { authorization: "Bearer ${secret.API_TOKEN}" }';
  }
  if (!/^https?:$/.test(url.protocol)) return `must start with http:// or https://: got ${JSON.stringify(shownUrl(text))}`;
  if (url.search !== '' || url.hash !== '') return `must end before ? and #, which belong to a request's path: got ${JSON.stringify(text)}`;
  return undefined;
}

const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, { error: (issue) => needs('a header name of letters, digits and dashes', issue.input) });
const headerValue = z
  .string({ error: (issue) => (typeof issue.input === 'number' || typeof issue.input === 'boolean' ? `must be text: got ${issue.input}, write "${issue.input}"` : needs('text', issue.input)) })
  .refine((text) => !/[\r\n]/.test(text), { error: 'must be one line' });

/** Header names and values, as they are sent. */
export const headers = z.record(headerName, headerValue);

const wantedHost = (issue: { input?: unknown }): string => needs('a host name or address, with a port where only that one is meant, for example staging.example.com or 10.0.0.5:8080', issue.input);

/** A host as `allowTargets` lists it: name, IPv4 or [IPv6], with or without a port. */
export const host = z.string({ error: wantedHost }).transform((text, context) => {
  if (/^[^\s/@*?#]+$/.test(text) && URL.canParse(`http://${text}`)) return text.toLowerCase();
  const host = URL.canParse(text) ? new URL(text).host : '';
  context.addIssue({ code: 'custom', message: host === '' ? wantedHost({ input: text }) : `must be the host alone: got ${JSON.stringify(text)}, write ${host}` });
  return z.NEVER;
});

/** An amount in the unit of a metric, as people write that unit. */
export function absoluteFloor(unit: Unit): z.ZodType<number, string | number> {
  switch (unit) {
    case 'ms':
      return durationMs;
    case 'share':
      return share;
    case 'bytes':
      return bytes;
    case '1/s':
      return ratePerSecond;
    default:
      return z.number().nonnegative();
  }
}
