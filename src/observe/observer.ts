import { BenchError, EXIT, reasonOf } from '../errors.ts';
import { resolveSource } from '../target/source.ts';
import type { Target } from '../target/target.ts';
import { figureKindOf } from './limits.ts';
import { observedOf, type Observed, type RoundSeen } from './observed.ts';
import { nowMs, Poller } from './poller.ts';
import { queryWindow } from './promql.ts';
import { endpointSeries } from './reading.ts';
import type { ObserveSpec, SeriesSpec } from './schema.ts';
import { Source } from './source.ts';
import { seenIn, type Seen, type Window } from './window.ts';

export interface ObserverContext {
  /** Where paths lead; null in a scenario without a target. */
  target: Target | null;
  allowTargets: readonly string[];
  insecureTls: boolean;
  signal: AbortSignal;
}

/** A source, or why there is none: that is no reason not to measure the rest. */
type Asked = Source | { problem: string };

/** Reads the series of a scenario while its workloads are measured. What goes wrong with a reading is a value. */
export class ServiceObserver {
  readonly #spec: ObserveSpec;
  readonly #endpoint: Asked;
  readonly #prometheus: Asked;
  readonly #signal: AbortSignal;

  private constructor(spec: ObserveSpec, endpoint: Asked, prometheus: Asked, signal: AbortSignal) {
    this.#spec = spec;
    this.#endpoint = endpoint;
    this.#prometheus = prometheus;
    this.#signal = signal;
  }

  /** Throws a BenchError (2) for an address that may not be read. One that cannot be found is told with every series. */
  static async open(spec: ObserveSpec, context: ObserverContext): Promise<ServiceObserver> {
    const { series, endpoint, headers, timeout, prometheus } = spec;
    const options = { timeoutMs: timeout, insecureTls: context.insecureTls };
    const fromEndpoint = series.some(({ promql }) => promql === undefined);
    const text = fromEndpoint ? await endpointSource(endpoint, { ...options, headers }, context) : UNUSED;
    const server = prometheus === undefined ? UNUSED : await urlSource(prometheus.url.replace(/\/+$/, ''), '/api/v1/query_range', { ...options, headers: prometheus.headers }, context);
    return new ServiceObserver(spec, text, server, context.signal);
  }

  /** The same sources for other series: those that one workload is to be watched by. */
  narrowedTo(series: readonly SeriesSpec[]): ServiceObserver {
    return new ServiceObserver({ ...this.#spec, series: [...series] }, this.#endpoint, this.#prometheus, this.#signal);
  }

  /** Begins to watch a round. */
  watch(): Watch {
    const fromMs = nowMs();
    const onEndpoint = this.#spec.series.filter(({ promql }) => promql === undefined);
    const poller = this.#endpoint instanceof Source && onEndpoint.length > 0 ? new Poller(this.#endpoint, onEndpoint.map(endpointSeries), this.#spec.every) : null;
    const seenOf = async (series: SeriesSpec, window: Window): Promise<Seen> => {
      const { scale } = figureKindOf(series);
      const { take, promql } = series;
      if (promql === undefined) return poller === null ? unread(this.#endpoint) : seenIn(window, poller.of(onEndpoint.indexOf(series)), { take, scale });
      if (!(this.#prometheus instanceof Source)) return unread(this.#prometheus);
      return queryWindow(this.#prometheus, promql, window, { take, scale, stepMs: this.#spec.prometheus?.step ?? 1_000 }, this.#signal);
    };
    return {
      stop: () => poller?.stop() ?? Promise.resolve(),
      seen: async (window) => Promise.all(this.#spec.series.map((series) => seenOf(series, window ?? { fromMs, toMs: nowMs() }))),
    };
  }

  measured(rounds: readonly RoundSeen[]): Observed {
    return observedOf(this.#spec, rounds);
  }

  async close(): Promise<void> {
    for (const each of [this.#endpoint, this.#prometheus]) if (each instanceof Source) await each.close();
  }
}

/** One round under observation. */
export interface Watch {
  /** The round is over: no more readings. */
  stop(): Promise<void>;
  /** What was seen in a window of it; null: in all of it. */
  seen(window: Window | null): Promise<Seen[]>;
}

const UNUSED = { problem: 'is not read' };

const unread = (asked: Asked): Seen => ({ amount: null, value: null, points: [], problem: 'problem' in asked ? asked.problem : UNUSED.problem });

async function endpointSource(endpoint: string, options: { headers: Readonly<Record<string, string>>; timeoutMs: number; insecureTls: boolean }, context: ObserverContext): Promise<Asked> {
  if (!endpoint.startsWith('/')) return urlSource(endpoint, '', options, context);
  const { target } = context;
  if (target === null) return { problem: `the scenario has no target for ${endpoint}: write the whole URL as observe.endpoint` };
  return new Source(target, endpoint, { ...options, headers: { ...target.headers, ...options.headers } });
}

async function urlSource(url: string, path: string, options: { headers: Readonly<Record<string, string>>; timeoutMs: number; insecureTls: boolean }, context: ObserverContext): Promise<Asked> {
  try {
    return new Source(await resolveSource(url, context), path, options);
  } catch (error) {
    if (error instanceof BenchError && error.exitCode === EXIT.unreachable) return { problem: reasonOf(error) };
    throw error;
  }
}
