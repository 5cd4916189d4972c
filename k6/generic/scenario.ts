/**
 * The generic script of readybench: runs the plan beside it (plan.json), the same that the local engine runs.
 * `bench k6 run` and `bench k6 export` write the plan; `bench k6 merge` judges what comes out. Nothing is judged here:
 * the percentiles of one k6 process are not those of the run.
 */
import { sleep } from 'k6';
import exec from 'k6/execution';
import http, { type CookieJar } from 'k6/http';
import { Gauge, Trend } from 'k6/metrics';
import type { Options } from 'k6/options';
import type { FlowPlan, LoadPlan, RateStage } from '../../src/load/plan.ts';
import type { K6Part } from '../../src/k6/plan.ts';
import { dueMs } from './arrivals.ts';
import { stagesOf } from './curve.ts';
import type { Outcome } from './outcome.ts';
import { plan, rows, secrets } from './plan.ts';
import { send, threw, type Sent } from './send.ts';
import { drawn, fill, valuesOf, type Values } from './values.ts';
import { EXCEPTION } from './why.ts';

export const options = plan.options as Options;

const latency = new Trend('bench_latency', true);
const service = new Trend('bench_service', true);
const iteration = new Trend('bench_iteration', true);
const start = new Gauge('bench_start');

/** What the set-up steps of each part captured, by the part's name. */
type SetUp = Record<string, Values>;

export function setup(): SetUp {
  const found: SetUp = {};
  for (const part of plan.parts) {
    const values: Values = {};
    for (const step of part.setup) {
      const all = { ...secrets(), ...values };
      const { outcome } = send(step, part.load, all, { jar: new http.CookieJar(), timeoutMs: part.load.timeoutMs, tags: {} });
      if (outcome.kind !== 'ok') throw new Error(`set-up of ${part.workload}: ${step.method} ${fill(step.path, all)}: ${outcome.why}`);
      for (const { name } of step.capture) if (all[name] !== undefined) values[name] = all[name];
    }
    found[nameOf(part)] = values;
  }
  return found;
}

/** Of the k6 scenario this virtual user is in; worked out when it changes. */
interface Here {
  name: string;
  part: K6Part;
  stages: RateStage[];
  /** When the k6 scenario began, on the clock of the test run. */
  beganMs: number;
}

let known: Here | null = null;

function here(): Here {
  const name = exec.scenario.name;
  if (known !== null && known.name === name) return known;
  const part = plan.parts.find((each) => nameOf(each) === name);
  if (part === undefined) throw new Error(`plan.json has no part ${name}`);
  known = { name, part, stages: stagesOf(part.load), beganMs: beganOf(part) };
  return known;
}

const LOOKS_APART_MS = { good: 0.05, most: 1 };

/**
 * The progress of an open load is the time since its start, to the nanosecond, on the clock that k6 starts its iterations by. Its
 * start itself is told in whole milliseconds: only for what has no such progress, or is past its end.
 */
function beganOf({ load }: K6Part): number {
  let [beganMs, closestMs] = [exec.instance.currentTestRunDuration - (Date.now() - exec.scenario.startTime), LOOKS_APART_MS.most];
  if (load.model === 'closed') return beganMs;
  // Two looks at two clocks: where this thread lost its core between them, another try.
  for (let tries = 0; tries < 5 && closestMs > LOOKS_APART_MS.good; tries += 1) {
    const beforeMs = exec.instance.currentTestRunDuration;
    const share = exec.scenario.progress;
    const apartMs = exec.instance.currentTestRunDuration - beforeMs;
    if (share === 0 || share >= 1) return beganMs;
    if (apartMs < closestMs) [beganMs, closestMs] = [beforeMs + apartMs / 2 - share * (load.warmupMs + load.durationMs), apartMs];
  }
  return beganMs;
}

/** What sums of fractions are off by. */
const A_HAIR_MS = 1e-6;

/** One iteration: the steps of a flow, the first at its due time. A step that fails ends it. */
export function iterate(setUp: SetUp): void {
  const { name, part, stages, beganMs } = here();
  const { load } = part;
  const n = exec.scenario.iterationInTest;
  if (exec.scenario.iterationInInstance === 0) start.add(exec.scenario.startTime, { plan: plan.id, segment: segment() });
  const now = (): number => exec.instance.currentTestRunDuration - beganMs;

  const due = load.model === 'closed' ? now() : dueMs(part, stages, n);
  // k6 starts one more at the very end.
  if (load.model === 'open' && due - part.delayMs > load.warmupMs + load.durationMs - A_HAIR_MS) return;
  if (due > now() && part.delayMs > 0) sleep((due - now()) / 1_000);
  const phase: Record<string, string> = due < load.warmupMs + part.delayMs ? { phase: 'warm-up' } : {};

  const flow = flowOf(load, n);
  const made = (): Own => ({ values: { ...secrets(), ...(setUp[name] ?? {}), ...(load.data === null ? {} : valuesOf(load.data, rows[part.workload] ?? [], n)) }, jar: jarOf(load) });
  let own: Own | null = null;
  let spentMs = 0;
  let last: Outcome = { kind: 'ok', why: '' };
  for (const [index, step] of flow.steps.entries()) {
    const tags: Record<string, string> = { ...step.labels, ...phase };
    const ownLagMs = index === 0 ? Math.max(0, now() - due) : 0;
    const beforeMs = now();
    let sent: Sent;
    // An exception that left the iteration would leave no point: what it ended would be missing, and nothing would tell.
    try {
      own ??= made();
      sent = send(step, load, own.values, { jar: own.jar ?? new http.CookieJar(), timeoutMs: Math.max(1, load.timeoutMs - ownLagMs), tags });
    } catch (thrown) {
      sent = { outcome: threw(thrown, own?.values ?? secrets()), status: 0, serviceMs: now() - beforeMs, latencyMs: now() - beforeMs };
    }
    const { outcome, status, serviceMs, latencyMs } = sent;
    const timedOut = outcome.kind === 'timeout' || (ownLagMs + latencyMs > load.timeoutMs && outcome.why.indexOf(EXCEPTION) !== 0);
    last = timedOut ? { kind: 'timeout', why: `no complete answer within ${load.timeoutMs} ms` } : outcome;
    const totalMs = timedOut ? load.timeoutMs : ownLagMs + latencyMs;
    latency.add(totalMs, { ...tags, outcome: last.kind, status: String(status), ...(last.why === '' ? {} : { why: last.why }) });
    if (last.kind === 'ok' || timedOut) service.add(timedOut ? Math.max(0, load.timeoutMs - ownLagMs) : serviceMs, { ...tags, outcome: last.kind });
    spentMs += totalMs;
    if (last.kind !== 'ok') break;
    if (step.pauseMs > 0 && index < flow.steps.length - 1) {
      sleep(step.pauseMs / 1_000);
      spentMs += step.pauseMs;
    }
  }
  if (flow.labels !== null) iteration.add(spentMs, { ...phase, outcome: last.kind });
  if (load.model === 'closed' && load.thinkMs > 0) sleep(load.thinkMs / 1_000);
}

/** The summary of one process says nothing about the run. */
export function handleSummary(): Record<string, string> {
  return {};
}

/** What an iteration sends with; the jar is null where each request has an empty one. */
interface Own {
  values: Values;
  jar: CookieJar | null;
}

function flowOf({ flows, seed }: LoadPlan, n: number): FlowPlan {
  const total = flows.reduce((sum, { weight }) => sum + weight, 0);
  let at = flows.length < 2 ? 0 : drawn(seed, 'mix', n) * total;
  const found = flows.find(({ weight }) => (at -= weight) < 0) ?? flows[flows.length - 1];
  if (found === undefined) throw new Error('the plan has no request');
  return found;
}

/** One for the iteration where cookies are kept; null where each request has an empty one. */
function jarOf({ cookies, target }: LoadPlan): CookieJar | null {
  if (cookies === null) return null;
  const jar = new http.CookieJar();
  for (const { name, value, path, secure } of cookies) jar.set(target.origin, name, value, { path, secure });
  return jar;
}

function segment(): string {
  const { executionSegment } = exec.test.options;
  return executionSegment ?? '0:1';
}

function nameOf({ workload, round }: K6Part): string {
  return `${workload}_${round}`;
}
