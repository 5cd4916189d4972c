import exec from 'k6/execution';
import http, { type CookieJar, type RefinedParams, type RefinedResponse, type RequestBody, type ResponseType } from 'k6/http';
import type { BodyPlan, LoadPlan, RequestPlan } from '../../src/load/plan.ts';
import { multipartBody } from './multipart.ts';
import { needsBody, outcomeOf, type Outcome } from './outcome.ts';
import { files, plan } from './plan.ts';
import { fill, type Values } from './values.ts';
import { exceptionOf, whyOf } from './why.ts';

export interface Sending {
  jar: CookieJar;
  timeoutMs: number;
  tags: Record<string, string>;
}

export interface Sent {
  outcome: Outcome;
  status: number;
  serviceMs: number;
  /** From the moment k6 asked for a connection; DNS, connect and TLS are in it. */
  latencyMs: number;
}

/** Throws where the request cannot be made; what its checks throw is its outcome. */
export function send(step: RequestPlan, load: LoadPlan, values: Values, { jar, timeoutMs, tags }: Sending): Sent {
  const headers: Record<string, string> = {};
  for (const name of Object.keys(step.headers)) headers[name] = fill(step.headers[name] ?? '', values);
  if (load.connection === 'new') headers['connection'] = 'close';
  const params: RefinedParams<ResponseType> = {
    headers,
    jar,
    redirects: 0,
    tags,
    timeout: timeoutMs,
    responseType: needsBody(step) ? 'text' : 'none',
    responseCallback: expectedStatuses(step),
  };
  const beforeMs = exec.instance.currentTestRunDuration;
  const answer = http.request(step.method, load.target.origin + fill(step.path, values), bodyOf(step.body, values), params);
  const tookMs = exec.instance.currentTestRunDuration - beforeMs;
  const outcome = judged(step, answer, load, values);
  // A connection that broke has no timings.
  if (answer.status === 0) return { outcome, status: 0, serviceMs: tookMs, latencyMs: tookMs };
  return { outcome, status: answer.status, serviceMs: answer.timings.duration, latencyMs: answer.timings.blocked + answer.timings.duration };
}

function judged(step: RequestPlan, answer: RefinedResponse<ResponseType>, load: LoadPlan, values: Values): Outcome {
  try {
    const outcome = outcomeOf(step, answer, load.target.origin, values);
    return answer.status === 0 ? { kind: outcome.kind, why: whyOf(outcome.why, hidden(values)) } : outcome;
  } catch (thrown) {
    return threw(thrown, values);
  }
}

/** An exception as an outcome. */
export const threw = (thrown: unknown, values: Values): Outcome => ({ kind: 'other', why: exceptionOf(thrown, hidden(values)) });

/** Names of values that nobody may see; worked out when something fails, for every virtual user loads this file. */
let secretNames: ReadonlySet<string> | null = null;

function hidden(values: Values): string[] {
  secretNames ??= new Set([...plan.secrets.map((name) => `secret.${name}`), ...plan.parts.flatMap(({ load, setup }) => [...setup, ...load.flows.flatMap(({ steps }) => steps)].flatMap(({ capture }) => capture.filter(({ secret }) => secret).map(({ name }) => name)))]);
  return [...secretNames].flatMap((name) => {
    const value = values[name];
    return value === undefined ? [] : [typeof value === 'string' ? value : JSON.stringify(value)];
  });
}

function expectedStatuses({ expect: { statuses } }: RequestPlan): ReturnType<typeof http.expectedStatuses> {
  if (statuses === null) return http.expectedStatuses({ min: 200, max: 399 });
  return http.expectedStatuses(...statuses.codes, ...statuses.classes.map((each) => ({ min: each * 100, max: each * 100 + 99 })));
}

function bodyOf(body: BodyPlan, values: Values): RequestBody | null {
  switch (body.type) {
    case 'none':
      return null;
    case 'text':
      return fill(body.text, values);
    case 'file':
      return files[body.path] ?? null;
    case 'multipart':
      return multipartBody(body, values, files);
  }
}
