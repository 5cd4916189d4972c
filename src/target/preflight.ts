import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { BenchError, EXIT, reasonOf } from '../errors.ts';
import type { Target } from './target.ts';

const named = (value: string | string[] | undefined): string | null => (value === undefined ? null : String(value));

/** What one request to the target has shown. */
export interface PreflightAnswer {
  status: number;
  httpVersion: string;
  /** The target ends the connection after this answer. */
  connectionClose: boolean;
  server: string | null;
}

export interface PreflightOptions {
  timeoutMs: number;
  insecureTls: boolean;
  /** Path to ask for; the base URL itself without it. */
  path?: string;
}

/**
 * Sends one real GET request, before any load. Every HTTP status counts as reachable. Throws a BenchError (5) with one sentence
 * that says how it failed: refused, no answer, TLS, not HTTP.
 */
export async function preflightTarget(target: Target, options: PreflightOptions): Promise<PreflightAnswer> {
  const url = `${target.baseUrl}${options.path ?? ''}`;
  try {
    const answer = await ask(url, target, options);
    return {
      status: answer.statusCode ?? 0,
      httpVersion: answer.httpVersion,
      connectionClose: (answer.headers.connection ?? '').toLowerCase().includes('close') || answer.httpVersion === '1.0',
      server: named(answer.headers['server']),
    };
  } catch (error) {
    const { message, hint } = unreachable(target.baseUrl, error, options.timeoutMs);
    throw new BenchError(EXIT.unreachable, message, { hint, cause: error });
  }
}

function ask(url: string, target: Target, { timeoutMs, insecureTls }: PreflightOptions): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const send = url.startsWith('https:') ? httpsRequest : httpRequest;
    const request = send(url, {
      headers: { 'user-agent': 'readybench', ...target.headers },
      lookup: pinned(target.addresses),
      rejectUnauthorized: !insecureTls,
      agent: false,
      signal: AbortSignal.timeout(timeoutMs),
    });
    // Without an agent Node asks for the connection to be closed, and the answer would say nothing about the target.
    request.setHeader('connection', 'keep-alive');
    request.once('error', reject);
    request.once('response', (response) => {
      // The head is the answer; the body is not waited for.
      response.destroy();
      resolve(response);
    });
    request.end();
  });
}

function pinned(addresses: Target['addresses']): LookupFunction {
  return (hostname, options, callback) => {
    const [first] = addresses;
    if (first === undefined) callback(Object.assign(new Error(`no address is known for ${hostname}`), { code: 'ENOTFOUND' }), '');
    else if (options.all === true) callback(null, [...addresses]);
    else callback(null, first.address, first.family);
  };
}

function unreachable(url: string, error: unknown, timeoutMs: number): { message: string; hint: string } {
  const codes = codesOf(error);
  if (error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError')) {
    return { message: `no answer from ${url} within ${timeoutMs / 1_000} s`, hint: 'is the service up, and does a firewall let this machine through?' };
  }
  if (codes.includes('ECONNREFUSED')) return { message: `connection refused at ${url}`, hint: 'is the service running, and does it listen on that port? (--target URL sends the load elsewhere)' };
  if (codes.includes('ENOTFOUND')) return { message: `the host of ${url} does not resolve`, hint: 'check the URL' };
  if (codes.some((code) => /^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|EPROTO|HOSTNAME_)/.test(code))) {
    return { message: `the TLS connection to ${url} failed: ${reasonOf(error)}`, hint: 'renew or trust the certificate (NODE_EXTRA_CA_CERTS=file.pem), or add --insecure to go without verification' };
  }
  if (codes.some((code) => code.startsWith('HPE_'))) return { message: `what listens at ${url} does not speak HTTP: ${reasonOf(error)}`, hint: 'check the port, and http against https' };
  if (codes.includes('ECONNRESET')) return { message: `${url} closed the connection without an answer`, hint: 'check the port, and http against https' };
  return { message: `${url} cannot be reached: ${reasonOf(error)}`, hint: 'is the service running?' };
}

function codesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const own = 'code' in error && typeof error.code === 'string' ? [error.code] : [];
  const inner = error instanceof AggregateError ? error.errors.flatMap(codesOf) : [];
  return [...own, ...inner, ...codesOf(error.cause)];
}
