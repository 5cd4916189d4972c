import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';

export interface PostOptions {
  /** Before the second attempt; doubled before each further one. */
  backoffMs: number;
  /** All attempts and pauses together take no longer. */
  withinMs: number;
  /** Of one attempt. */
  timeoutMs: number;
}

export const POST_DEFAULTS: PostOptions = { backoffMs: 1_000, withinMs: 20_000, timeoutMs: 5_000 };

export type Posted = { delivered: true; attempts: number } | { delivered: false; attempts: number; why: string };

type Attempt = { outcome: 'delivered' } | { outcome: 'again'; why: string; afterMs: number | null } | { outcome: 'never'; why: string };

/**
 * Posts JSON, again after broken connections, time-outs, 429 and 5xx, with growing pauses (or the one that Retry-After asks for)
 * while time is left. Never throws; what it says never holds the URL, which is a secret.
 */
export async function post(url: string, payload: object, options: PostOptions = POST_DEFAULTS): Promise<Posted> {
  const endMs = performance.now() + options.withinMs;
  let pauseMs = options.backoffMs;
  for (let attempts = 1; ; attempts += 1) {
    const attempt = await once(url, payload, Math.min(options.timeoutMs, endMs - performance.now()));
    if (attempt.outcome === 'delivered') return { delivered: true, attempts };
    if (attempt.outcome === 'never') return { delivered: false, attempts, why: attempt.why };
    const waitMs = attempt.afterMs ?? pauseMs;
    if (performance.now() + waitMs >= endMs) return { delivered: false, attempts, why: attempt.why };
    await sleep(waitMs);
    pauseMs *= 2;
  }
}

async function once(url: string, payload: object, timeoutMs: number): Promise<Attempt> {
  try {
    const { statusCode, headers, body } = await request(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(payload), signal: AbortSignal.timeout(Math.max(1, Math.ceil(timeoutMs))) });
    await body.dump();
    if (statusCode >= 200 && statusCode < 300) return { outcome: 'delivered' };
    const why = `it answers ${statusCode}`;
    return statusCode === 429 || statusCode >= 500 ? { outcome: 'again', why, afterMs: retryAfterMs(headers['retry-after']) } : { outcome: 'never', why };
  } catch (error) {
    if (error instanceof Error && error.name === 'TimeoutError') return { outcome: 'again', why: 'it does not answer in time', afterMs: null };
    const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'no connection';
    return code === 'ERR_INVALID_URL' || code === 'UND_ERR_INVALID_ARG' ? { outcome: 'never', why: 'its value is no http(s) URL' } : { outcome: 'again', why: `no answer (${code})`, afterMs: null };
  }
}

/** Seconds; the form with a date is not worth waiting for. */
function retryAfterMs(header: string | string[] | undefined): number | null {
  const text = [header ?? ''].flat()[0] ?? '';
  return /^\d+$/.test(text) ? Number(text) * 1_000 : null;
}
