import { auth } from './checks/auth.ts';
import { bodyLimit } from './checks/body-limit.ts';
import { cors, securityHeaders } from './checks/browsers.ts';
import { compression, pagination } from './checks/content.ts';
import { circuitBreaker, retry } from './checks/dependency.ts';
import { health } from './checks/health.ts';
import { idempotency } from './checks/idempotency.ts';
import { proxy } from './checks/proxy.ts';
import { priority, queueLimit } from './checks/queue.ts';
import { rateLimit } from './checks/rate-limit.ts';
import { ready } from './checks/ready.ts';
import { shutdown } from './checks/shutdown.ts';
import { split } from './checks/split.ts';
import type { CheckName, CheckSpec, Spec } from './schema.ts';
import type { Check, CheckContext, Found, Talk } from './talk.ts';

export interface BoundCheck {
  name: CheckName;
  /** For the estimate alone. */
  estimateMs: number;
  run: (talk: Talk, context: CheckContext) => Promise<Found>;
}

/** The checks that a scenario asks for, in an order in which none disturbs the next: those that need quiet first, those that do harm last. */
export function checksOf(spec: CheckSpec): BoundCheck[] {
  return [
    ...entry('securityHeaders', spec.securityHeaders, securityHeaders),
    ...entry('cors', spec.cors, cors),
    ...entry('proxy', spec.proxy, proxy),
    ...entry('split', spec.split, split, 6_000),
    ...entry('health', spec.health, health, spec.health?.busy === undefined ? 300 : 3_000),
    ...entry('auth', spec.auth, auth),
    ...entry('compression', spec.compression, compression),
    ...entry('pagination', spec.pagination, pagination),
    ...entry('idempotency', spec.idempotency, idempotency),
    ...entry('bodyLimit', spec.bodyLimit, bodyLimit),
    ...entry('rateLimit', spec.rateLimit, rateLimit, 1_500 + (spec.rateLimit?.recovery ?? 0)),
    ...entry('queueLimit', spec.queueLimit, queueLimit, 4_000),
    ...entry('priority', spec.priority, priority, 3_000),
    ...entry('retry', spec.retry, retry, 1_500),
    ...entry('circuitBreaker', spec.circuitBreaker, circuitBreaker, 4_000),
    ...entry('ready', spec.ready, ready, 3_000),
    ...entry('shutdown', spec.shutdown, shutdown, 3_000),
  ];
}

function entry<Name extends CheckName>(name: Name, own: Spec<Name> | undefined, check: Check<Name>, estimateMs = 300): BoundCheck[] {
  return own === undefined ? [] : [{ name, estimateMs, run: (talk, context) => check(own, talk, context) }];
}
