import type { Clock } from './clock.ts';
import type { Connection } from './connections.ts';
import { Jar } from './cookies.ts';
import { headerValues } from './answer.ts';
import { valuesOf } from './data.ts';
import { Exchanges, type Ending } from './exchanges.ts';
import { flowsOf, type Flow } from './flows.ts';
import { Iteration } from './iteration.ts';
import { mixOf } from './mix.ts';
import type { LoadPlan } from './plan.ts';
import type { LoadResult } from './result.ts';
import { ofShare } from './share.ts';

/** A timer fires up to this late by its nature; what is later than that is the generator's lag and counts. */
const TIMER_GRAIN_MS = 2;

/**
 * What arrivals start: iterations of flows, one step after the other, each step an exchange. The first begins at the
 * arrival, every other one when the step before it is over and its pause has passed. A step that fails ends the
 * iteration. Everything of an iteration belongs to the measurement if its arrival does.
 *
 * A flow that is one request and always the same costs no more than its exchange.
 */
export class Iterations {
  readonly exchanges: Exchanges;
  readonly #plan: LoadPlan;
  readonly #clock: Clock;
  readonly #onEnd: (broken: boolean) => void;
  readonly #flows: readonly Flow[];
  readonly #nextFlow: () => number;
  readonly #nextNumber: () => number;
  readonly #pauses = new Set<() => void>();
  /** Begun and not over, those that pause between two steps too. */
  active = 0;
  #started = 0;

  /** @param onEnd an iteration is over; `broken`: by a connection that broke or a timeout */
  constructor(plan: LoadPlan, clock: Clock, onEnd: (broken: boolean) => void) {
    const share = plan.model === 'open' ? plan.share : { index: 0, of: 1 };
    this.#plan = plan;
    this.#clock = clock;
    this.#onEnd = onEnd;
    this.#flows = flowsOf(plan);
    this.#nextFlow = ofShare(mixOf(plan.flows, plan.seed), share);
    let number = share.index - share.of;
    this.#nextNumber = () => (number += share.of);
    this.exchanges = new Exchanges(plan, this.#flows, clock, (connection, ending, endMs) => this.#over(connection, ending, endMs));
  }

  start(arrivalMs: number, lagMs: number | null): void {
    const flow = this.#arrive();
    const measured = this.#measured(arrivalMs);
    this.exchanges.offered(measured, lagMs);
    this.active += 1;
    if (flow.simple !== null) {
      this.exchanges.start(flow.simple, arrivalMs, measured, null);
      return;
    }
    const { data, cookies, target } = this.#plan;
    const variables = data === null ? {} : valuesOf(data, this.#nextNumber());
    const jar = cookies === null ? null : new Jar(target.origin, cookies);
    this.#send(new Iteration(flow, arrivalMs, measured, variables, jar), arrivalMs);
  }

  /** An arrival that found too many under way: it is not sent and counts as a timeout would. */
  drop(arrivalMs: number, lagMs: number | null, limit: number): void {
    const flow = this.#arrive();
    const measured = this.#measured(arrivalMs);
    this.exchanges.offered(measured, lagMs);
    if (this.#plan.data !== null) this.#nextNumber();
    const what = flow.tally === null ? 'requests' : 'iterations';
    this.exchanges.drop(flow, measured, `not sent, ${limit} ${what} were already in flight`);
    if (measured) flow.tally?.failure(this.#plan.timeoutMs * 1_000);
  }

  /** An arrival of the warm-up that came too late to matter. What follows it draws the same flow and data as ever. */
  skip(): void {
    this.#arrive();
    if (this.#plan.data !== null) this.#nextNumber();
  }

  finish(engine: LoadResult['engine'], ended: LoadResult['ended']): LoadResult {
    this.#pauses.forEach((cancel) => cancel());
    const iterations = this.#flows.flatMap(({ plan, tally }) => (tally === null || plan.labels === null ? [] : [tally.result(plan.labels)]));
    return { engine, ended, iterations, started: this.#started, ...this.exchanges.finish() };
  }

  #arrive(): Flow {
    this.#started += 1;
    const flow = this.#flows[this.#nextFlow()];
    if (flow === undefined) throw new Error('a load has at least one request');
    return flow;
  }

  #measured(arrivalMs: number): boolean {
    return arrivalMs >= this.#plan.warmupMs;
  }

  #send(iteration: Iteration, intendedMs: number): void {
    const step = iteration.flow.steps[iteration.step];
    if (step === undefined) throw new Error(`the flow has no step ${iteration.step}`);
    this.exchanges.start(step.preparation.with(iteration.variables, iteration.jar), intendedMs, iteration.measured, iteration);
  }

  #over(connection: Connection, ending: Ending, endMs: number): void {
    const { iteration } = connection;
    if (iteration === null) {
      this.active -= 1;
      this.#onEnd(ending.type === 'failure' && ending.broken);
      return;
    }
    this.#keepCookies(connection, iteration);
    const step = iteration.flow.steps[iteration.step];
    iteration.step += 1;
    if (ending.type === 'failure' || step === undefined || iteration.step >= iteration.flow.steps.length) this.#end(iteration, ending, endMs);
    else if (step.plan.pauseMs > 0) this.#pause(iteration, endMs, step.plan.pauseMs);
    else this.#next(iteration, endMs);
  }

  #next(iteration: Iteration, intendedMs: number): void {
    this.exchanges.offered(iteration.measured, null);
    this.#send(iteration, intendedMs);
  }

  #pause(iteration: Iteration, sinceMs: number, pauseMs: number): void {
    const dueMs = sinceMs + pauseMs;
    const cancel = this.#clock.after(Math.max(0, dueMs - this.exchanges.now()), () => {
      this.#pauses.delete(cancel);
      const nowMs = this.exchanges.now();
      this.#next(iteration, nowMs - dueMs <= TIMER_GRAIN_MS ? nowMs : dueMs);
    });
    this.#pauses.add(cancel);
  }

  #end({ flow: { tally }, arrivalMs, measured }: Iteration, ending: Ending, endMs: number): void {
    this.active -= 1;
    if (tally !== null) {
      const latencyUs = (endMs - arrivalMs) * 1_000;
      if (ending.type === 'success') {
        if (endMs >= this.#plan.warmupMs && endMs < this.exchanges.measureEndMs) tally.completedInTime += 1;
        if (measured) tally.success(latencyUs);
      } else if (measured) tally.failure(ending.censoredUs === null ? null : latencyUs);
    }
    this.#onEnd(ending.type === 'failure' && ending.broken);
  }

  #keepCookies({ rawHeaders, request: { path } }: Connection, { jar }: Iteration): void {
    if (jar === null || rawHeaders === null) return;
    for (const header of headerValues({ rawHeaders }, 'set-cookie')) jar.set(header, path, Date.now());
  }
}
