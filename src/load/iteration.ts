import type { Jar } from './cookies.ts';
import type { Json } from './json-pointer.ts';
import type { Connection } from './connections.ts';
import type { Flow } from './flows.ts';

/** One run through the steps of a flow: where it is, and what it knows. */
export class Iteration {
  readonly flow: Flow;
  readonly arrivalMs: number;
  /** Whether it belongs to the measurement: by its arrival. */
  readonly measured: boolean;
  /** Its row of data, and what its steps captured. */
  readonly variables: Record<string, Json>;
  readonly jar: Jar | null;
  /** Which step is under way. */
  step = 0;

  constructor(flow: Flow, arrivalMs: number, measured: boolean, variables: Record<string, Json>, jar: Jar | null) {
    this.flow = flow;
    this.arrivalMs = arrivalMs;
    this.measured = measured;
    this.variables = variables;
    this.jar = jar;
  }
}

/** A text without the values that an iteration captured as secrets. */
export function withoutSecrets(text: string, { request, iteration }: Pick<Connection, 'request' | 'iteration'>): string {
  let shown = text;
  for (const { plan } of iteration?.flow.steps ?? [request]) {
    for (const { name, secret } of plan.capture) {
      const value = secret ? iteration?.variables[name] : undefined;
      if (value === undefined) continue;
      const written = typeof value === 'string' ? value : JSON.stringify(value);
      for (const form of new Set([written, encodeURI(written), JSON.stringify(written).slice(1, -1)])) if (form !== '') shown = shown.replaceAll(form, '[redacted]');
    }
  }
  return shown;
}
