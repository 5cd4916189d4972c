import { buildConnector, Client } from 'undici';
import { reasonOf } from '../errors.ts';
import { pinnedLookup } from './connections.ts';
import { errorKindOf } from './failures.ts';
import type { RequestPlan, TargetPlan } from './plan.ts';
import type { ErrorKind } from './result.ts';

export type SingleExchange =
  | { type: 'answered'; status: number; headers: Readonly<Record<string, string>>; body: string; bodyBytes: number }
  | { type: 'failed'; kind: ErrorKind; reason: string };

export interface SingleExchangeOptions {
  timeoutMs: number;
  /** More of the body than this is read and dropped. */
  keepBodyBytes: number;
  signal?: AbortSignal;
}

/** One request outside the load (set-up steps), on a connection of its own, to the guarded addresses only. Redirects are not followed. */
export async function exchangeOnce(target: TargetPlan, request: RequestPlan, { timeoutMs, keepBodyBytes, signal }: SingleExchangeOptions): Promise<SingleExchange> {
  const connect = buildConnector({ lookup: pinnedLookup(target.addresses), rejectUnauthorized: !target.insecureTls, allowH2: false, timeout: timeoutMs });
  const client = new Client(target.origin, { connect, pipelining: 1, allowH2: false, headersTimeout: timeoutMs, bodyTimeout: timeoutMs });
  const deadline = AbortSignal.timeout(timeoutMs);
  try {
    const answer = await client.request({
      path: request.path,
      method: request.method,
      headers: { ...request.headers },
      body: request.body,
      signal: signal === undefined ? deadline : AbortSignal.any([deadline, signal]),
    });
    const kept: Buffer[] = [];
    let bodyBytes = 0;
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      if (bodyBytes < keepBodyBytes) kept.push(chunk.subarray(0, keepBodyBytes - bodyBytes));
      bodyBytes += chunk.length;
    }
    return { type: 'answered', status: answer.statusCode, headers: flat(answer.headers), body: Buffer.concat(kept).toString('utf8'), bodyBytes };
  } catch (error) {
    if (deadline.aborted) return { type: 'failed', kind: 'timeout', reason: `no complete answer within ${timeoutMs} ms` };
    return { type: 'failed', kind: errorKindOf(error), reason: reasonOf(error) };
  } finally {
    await client.destroy();
  }
}

function flat(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])));
}
