import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { BenchError, EXIT } from '../errors.ts';
import { pinnedLookup, type Target } from './target.ts';

/** What one real request found. */
export interface TargetAnswer {
  status: number;
  httpVersion: string;
  /** The server closes the connection after each response: every request of a run would pay for a new one. */
  connectionClose: boolean;
  server: string | null;
  /** The address that answered. */
  address: string;
}

export interface PreflightOptions {
  /** For everything together: connect, TLS, first byte. */
  timeoutMs?: number;
  insecure?: boolean;
  /** Appended to the base URL; without it the base URL itself is asked. */
  path?: string;
  signal?: AbortSignal;
}

type Stage = 'connect' | 'tls' | 'response';

/**
 * Sends one GET to the target. Whatever status it answers, it is reachable; where it does not answer, a BenchError (5) says
 * in one sentence what went wrong, within `timeoutMs` (default 5,000).
 */
export async function preflightTarget(target: Target, options: PreflightOptions = {}): Promise<TargetAnswer> {
  const timeoutMs = options.timeoutMs ?? 5_000;
  const url = new URL(target.baseUrl + (options.path ?? ''));
  const secure = url.protocol === 'https:';
  // A keep-alive agent: without one Node itself asks for the connection to be closed.
  const agent = secure ? new https.Agent({ keepAlive: true, maxSockets: 1 }) : new http.Agent({ keepAlive: true, maxSockets: 1 });
  let stage: Stage = 'connect';
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<TargetAnswer>((resolve, reject) => {
      const request = (secure ? https : http).request(url, {
        agent,
        headers: target.headers,
        lookup: pinnedLookup(target),
        rejectUnauthorized: options.insecure !== true,
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      });
      timer = setTimeout(() => request.destroy(Object.assign(new Error('time-out'), { code: 'PREFLIGHT_TIMEOUT' })), timeoutMs);
      request.once('socket', (socket: Socket) => {
        socket.once('connect', () => (stage = secure ? 'tls' : 'response'));
        socket.once('secureConnect', () => (stage = 'response'));
      });
      request.once('error', reject);
      request.once('response', (response) => {
        resolve({
          status: response.statusCode ?? 0,
          httpVersion: response.httpVersion,
          connectionClose: closes(response),
          server: [response.headers['server'] ?? []].flat()[0] ?? null,
          address: response.socket.remoteAddress ?? '',
        });
        response.destroy();
      });
      request.end();
    });
  } catch (error) {
    if (options.signal?.aborted === true) throw new BenchError(EXIT.interrupted, 'interrupted while the target was tried', { cause: error });
    throw unreachable(error, stage, target.baseUrl, timeoutMs);
  } finally {
    clearTimeout(timer);
    agent.destroy();
  }
}

/** RFC 9112, 9.3: HTTP/1.1 keeps connections unless told otherwise, HTTP/1.0 the other way round. */
function closes(response: http.IncomingMessage): boolean {
  const connection = response.headers.connection?.toLowerCase() ?? '';
  return connection.includes('close') || (response.httpVersion === '1.0' && !connection.includes('keep-alive'));
}

function unreachable(error: unknown, stage: Stage, baseUrl: string, timeoutMs: number): BenchError {
  const { code, message } = first(error);
  const fail = (sentence: string, hint: string): BenchError => new BenchError(EXIT.unreachable, sentence, { hint, cause: error });
  const startIt = 'Start it, or change target.baseUrl (or --target).';
  if (code === 'PREFLIGHT_TIMEOUT') {
    const limit = `within ${timeoutMs / 1_000} s`;
    if (stage === 'connect') return fail(`no connection to ${baseUrl} ${limit}: is the host up, and does a firewall let you through?`, startIt);
    if (stage === 'tls') return fail(`no TLS handshake with ${baseUrl} ${limit}: does it speak https there?`, startIt);
    return fail(`${baseUrl} took the request and did not answer ${limit}: is the service healthy?`, startIt);
  }
  if (code === 'ECONNREFUSED') return fail(`connection refused at ${baseUrl}: is the service running?`, startIt);
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return fail(`no route to ${baseUrl} : is the network up?`, startIt);
  if (code === 'EPROTO' || code.startsWith('ERR_SSL')) {
    return fail(`no TLS at ${baseUrl} (${message.trim().split('\n').at(-1) ?? code}): does it speak plain http there?`, 'Try http:// in target.baseUrl.');
  }
  if (stage === 'tls' && !code.startsWith('ECONN')) {
    return fail(`the certificate of ${baseUrl} does not verify (${message})`, 'Repair the certificate or trust its authority (NODE_EXTRA_CA_CERTS); --insecure skips the check and says so in every report.');
  }
  if (code.startsWith('HPE_')) return fail(`${baseUrl} does not answer in HTTP (${message})`, 'Try https:// in target.baseUrl.');
  if (code === 'ECONNRESET' || code === 'EPIPE') return fail(`${baseUrl} closed the connection without an answer: is it really an HTTP service?`, startIt);
  return fail(`${baseUrl} cannot be reached (${message})`, startIt);
}

/** Where several addresses were tried, the first one's failure stands for all. */
function first(error: unknown): { code: string; message: string } {
  if (error instanceof AggregateError && error.errors.length > 0) return first(error.errors[0]);
  if (!(error instanceof Error)) return { code: '', message: String(error) };
  return { code: 'code' in error && typeof error.code === 'string' ? error.code : '', message: error.message };
}
