import type { ExpectationPlan } from './plan.ts';
import type { ErrorKind } from './result.ts';

const BY_CODE: Readonly<Record<string, ErrorKind>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  ECONNABORTED: 'reset',
  EPIPE: 'reset',
  UND_ERR_SOCKET: 'reset',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'reset',
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  EAI_FAIL: 'dns',
  EAI_NODATA: 'dns',
  ETIMEDOUT: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  EPROTO: 'tls',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls',
  HOSTNAME_MISMATCH: 'tls',
};

const TLS_CODE = /^(ERR_TLS|ERR_SSL|CERT_|CRL_|UNABLE_TO_)/;
const LOCAL_CODES = new Set(['EMFILE', 'ENFILE', 'EADDRNOTAVAIL', 'ENOBUFS', 'ENOMEM', 'ENOENT', 'EACCES', 'EIO', 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH']);

function codesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const own = 'code' in error && typeof error.code === 'string' ? [error.code] : [];
  // Happy eyeballs puts one error per address into an AggregateError.
  const inner = error instanceof AggregateError ? error.errors.flatMap(codesOf) : [];
  return [...own, ...inner, ...codesOf(error.cause)];
}

/** The kind of a failed exchange, from the codes Node and undici give. */
export function errorKindOf(error: unknown): ErrorKind {
  for (const code of codesOf(error)) {
    const kind = BY_CODE[code] ?? (TLS_CODE.test(code) ? 'tls' : undefined);
    if (kind !== undefined) return kind;
  }
  return 'other';
}

/** True where this machine, and not the target, is why nothing was sent: out of file descriptors or ports, a body's file that changed. */
export function isLocalFailure(error: unknown): boolean {
  return codesOf(error).some((code) => LOCAL_CODES.has(code));
}

/** Whether a status is one that was asked for. */
export function statusAccepted(status: number, { statuses }: Pick<ExpectationPlan, 'statuses'>): boolean {
  if (statuses === null) return status >= 200 && status < 400;
  return statuses.codes.includes(status) || statuses.classes.includes(Math.trunc(status / 100));
}

/** Whether a redirect leads to another host than the one the guard let through. */
export function redirectsAway(location: string, origin: string): boolean {
  if (!URL.canParse(location, origin)) return true;
  const { protocol, hostname } = new URL(location, origin);
  return !/^https?:$/.test(protocol) || hostname !== new URL(origin).hostname;
}

/** The kind of failure a wrong status is. Redirects are never followed. */
export function statusErrorKind(status: number): ErrorKind {
  if (status >= 500) return '5xx';
  if (status >= 400) return '4xx';
  if (status >= 300) return 'redirect';
  return 'check';
}
