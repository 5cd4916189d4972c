import { z } from 'zod';
import { durationMs, name } from '../../fields.ts';
import { SEVERITIES } from '../../record/limits.ts';
import type { Capture, Expectation, RequestSpec } from '../http/schema.ts';
import { step } from '../http/schema/request.ts';
import { checks } from './schema/checks.ts';
import { jobOfCheck } from './schema/jobs.ts';

/** What does harm, and why: such a check runs only where `allow` names it. */
const HARM = {
  shutdown: 'stops the service',
  ready: 'fills the queue of the service, which then refuses work',
  circuitBreaker: 'breaks a dependency of the service',
  retry: 'breaks a dependency of the service',
} as const;
export const INTRUSIONS = Object.keys(HARM) as (keyof typeof HARM)[];

/** Checks that start jobs, and so need to know what one is. */
const WITH_JOBS = ['queueLimit', 'priority', 'ready', 'split'] as const;

const every = { ...Object.fromEntries(Object.entries(checks).map(([key, each]) => [key, each.optional()])) } as { [Key in keyof typeof checks]: z.ZodOptional<(typeof checks)[Key]> };

export const checkSpec = z.strictObject({
  setup: z.array(step).default([]).describe('sent once before the checks, for a token; captured values can be used in requests'),
  headers: z.record(z.string(), z.string()).default({}).describe('sent with every request beside those of the target; a captured token is written ${token}'),
  timeout: durationMs.pipe(z.number().min(1, { error: 'must be at least 1ms' })).prefault('10s').describe('of each request'),
  allow: z.array(z.enum(INTRUSIONS)).default([]).describe('checks that do harm run only where they are named here'),
  job: jobOfCheck.optional().describe(`what a job of the target is; needed by ${WITH_JOBS.join(', ')} and health.busy`),
  severity: z.partialRecord(z.enum(Object.keys(checks) as CheckName[]), z.enum(SEVERITIES)).optional().describe('of a check that does not hold, by its name: critical fails the run (as if left out), warning warns, info is shown'),
  ...every,
});

export const CHECK_NAMES = Object.keys(checks) as (keyof typeof checks)[];
export type CheckName = keyof typeof checks;

export const checkWorkload = z
  .strictObject({
    name: name.describe('unique in the scenario'),
    description: z.string().optional().describe('for people; shown in reports'),
    check: checkSpec.describe('behaviour of the target, not its speed: each check says what was sent and what came back'),
  })
  .superRefine(({ check }, context) => {
    const say = (path: (string | number)[], message: string): void => context.addIssue({ code: 'custom', path: ['check', ...path], message });
    if (CHECK_NAMES.every((each) => check[each] === undefined)) say([], `has nothing to check: name at least one of ${CHECK_NAMES.join(', ')}`);
    for (const each of INTRUSIONS) {
      if (check[each] !== undefined && !check.allow.includes(each)) say([each], `${HARM[each]}: write allow: [${each}] beside it where that is meant`);
    }
    const [first] = [...WITH_JOBS.filter((each) => check[each] !== undefined), ...(check.health?.busy === undefined ? [] : ['health'])];
    if (first !== undefined && check.job === undefined) say(['job'], `is missing: ${first} needs to know what a job is`);
    if (check.shutdown !== undefined) {
      const given = (['pid', 'container', 'command'] as const).filter((each) => check.shutdown?.[each] !== undefined);
      if (given.length !== 1) say(['shutdown'], `needs one of pid, container and command${given.length === 0 ? '' : `: got ${given.join(' and ')}`}`);
    }
  });

/** A request of a check, where it stands, and the names that have a value there alone. */
export interface RequestOfCheck {
  path: (string | number)[];
  request: RequestSpec;
  expect: Expectation;
  capture: Capture;
  given: string[];
}

/** The requests of the checks in the order in which captures become known. */
export function checkRequests({ setup, job, auth, priority, split, idempotency, retry, circuitBreaker, shutdown }: CheckSpec): RequestOfCheck[] {
  const at = (path: (string | number)[], request: RequestSpec | undefined, more: Partial<Omit<RequestOfCheck, 'path' | 'request'>> = {}): RequestOfCheck[] =>
    request === undefined ? [] : [{ path: ['check', ...path, 'request'], request, expect: {}, capture: {}, given: [], ...more }];
  const bare = (path: string[], request: RequestSpec | undefined): RequestOfCheck[] => at(path, request, { given: ['job'] }).map((each) => ({ ...each, path: ['check', ...path] }));
  const dependency = (name: string, each: CheckSpec['retry'] | CheckSpec['circuitBreaker']): RequestOfCheck[] => [
    ...at([name], each?.request, { expect: each?.expect ?? {} }),
    ...at([name, 'break'], each?.break.request, { expect: each?.break.expect ?? {} }),
    ...at([name, 'restore'], each?.restore.request, { expect: each?.restore.expect ?? {} }),
  ];
  return [
    ...setup.flatMap((each, index) => at(['setup', index], each.request, { expect: each.expect, capture: each.capture })),
    ...at(['job', 'submit'], job?.submit.request, { expect: job?.submit.expect ?? {}, capture: job?.submit.capture ?? {}, given: ['job'] }),
    ...at(['job', 'poll'], job?.poll.request, { expect: job?.poll.expect ?? {}, given: ['job'] }),
    ...at(['job', 'delete'], job?.delete?.request, { expect: job?.delete?.expect ?? {}, given: ['job'] }),
    ...at(['auth'], auth?.request, { expect: auth?.expect ?? {} }),
    ...bare(['priority', 'high'], priority?.high),
    ...bare(['split', 'short'], split?.short),
    ...bare(['split', 'long'], split?.long),
    ...at(['idempotency'], idempotency?.request, { expect: idempotency?.expect ?? {} }),
    ...at(['idempotency', 'delete'], idempotency?.delete?.request, { expect: idempotency?.delete?.expect ?? {}, given: ['id'] }),
    ...dependency('retry', retry),
    ...dependency('circuitBreaker', circuitBreaker),
    ...at(['shutdown'], shutdown?.request),
  ];
}

export type CheckWorkload = z.infer<typeof checkWorkload>;
export type CheckSpec = z.infer<typeof checkSpec>;
export type Spec<Name extends CheckName> = NonNullable<CheckSpec[Name]>;
