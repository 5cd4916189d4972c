import { reasonOf } from '../errors.ts';
import { Connection } from './connections.ts';
import { errorKindOf } from './failures.ts';
import type { TargetPlan } from './plan.ts';
import type { PreparedRequest } from './prepared.ts';
import type { ErrorKind } from './result.ts';

export type SingleExchange = { type: 'answered'; answer: Connection } | { type: 'failed'; kind: ErrorKind; reason: string };

export interface SingleExchangeOptions {
  timeoutMs: number;
  signal?: AbortSignal;
}

/** One request outside the load (set-up steps), on a connection of its own, to the guarded addresses only. Redirects are not followed. */
export function exchangeOnce(target: TargetPlan, request: PreparedRequest, { timeoutMs, signal }: SingleExchangeOptions): Promise<SingleExchange> {
  return new Promise((resolve) => {
    const end = (result: SingleExchange): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      connection.discard();
      resolve(result);
    };
    const connection = new Connection(target, {
      opened: () => undefined,
      sent: () => undefined,
      begun: () => undefined,
      answered: (answer) => end({ type: 'answered', answer }),
      broken: (_, error) => end({ type: 'failed', kind: errorKindOf(error), reason: reasonOf(error) }),
    });
    const timer = setTimeout(() => end({ type: 'failed', kind: 'timeout', reason: `no complete answer within ${timeoutMs} ms` }), timeoutMs);
    const abort = (): void => end({ type: 'failed', kind: 'other', reason: 'interrupted' });
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted === true) abort();
    else connection.start(request, 0, false, null);
  });
}
