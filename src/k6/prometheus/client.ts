import { z } from 'zod';
import { BenchError, EXIT, reasonOf } from '../../errors.ts';

export type SeriesLabels = Readonly<Record<string, string>>;

/** A bucket of a native histogram: values above `low` up to `high`. */
export interface Bucket {
  high: number;
  count: number;
}

/** One series at one time. A value, or what it had counted by then. */
export interface Instant {
  labels: SeriesLabels;
  value: number;
}

/** A histogram series and the last it had counted in a range of time. */
export interface Counted {
  labels: SeriesLabels;
  count: number;
  buckets: Bucket[];
}

const ANSWER_LIMIT_MS = 120_000;

const number = z.string().transform(Number);
const labels = z.record(z.string(), z.string());
const envelope = z.object({ status: z.literal('success'), data: z.unknown() });
const vector = z.object({ resultType: z.literal('vector'), result: z.array(z.object({ metric: labels, value: z.tuple([z.number(), number]) })) });
const histogram = z.object({ count: number, buckets: z.array(z.tuple([z.number(), number, number, number])).default([]) });
const matrix = z.object({ resultType: z.literal('matrix'), result: z.array(z.object({ metric: labels, histograms: z.array(z.tuple([z.number(), histogram])).optional() })) });
const seriesList = z.array(labels);

/** The HTTP API of a Prometheus server (2.40 or newer; prometheus.io/docs/prometheus/latest/querying/api), reading alone. Throws a BenchError (5 or 2). */
export class PrometheusClient {
  readonly #base: string;
  readonly #headers: Record<string, string> = {};

  /** @param url its base; a name and a password in it are sent as basic authentication. @param token sent as a bearer token */
  constructor(url: string, token: string | undefined) {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) throw new BenchError(EXIT.usage, `--prometheus ${url} is no http(s) URL`, { hint: 'Give the base URL of the server: --prometheus http://prometheus.example:9090' });
    const parsed = new URL(url);
    if (parsed.username !== '') this.#headers['authorization'] = `Basic ${Buffer.from(`${decodeURIComponent(parsed.username)}:${decodeURIComponent(parsed.password)}`).toString('base64')}`;
    if (token !== undefined && token !== '') this.#headers['authorization'] = `Bearer ${token}`;
    [parsed.username, parsed.password] = ['', ''];
    this.#base = parsed.href.replace(/\/+$/, '');
  }

  /** Numbers, as they are at a time. */
  async instant(query: string, atMs: number): Promise<Instant[]> {
    const { result } = this.#read(vector, await this.#ask('query', { query, time: String(atMs / 1_000) }), query);
    return result.map(({ metric, value: [, value] }) => ({ labels: metric, value }));
  }

  /** The last state of every histogram series that was written within a range. @param stepMs shorter than the server looks back (5 min unless it was set) */
  async lastHistograms(query: string, fromMs: number, toMs: number, stepMs: number): Promise<Counted[]> {
    const { result } = this.#read(matrix, await this.#ask('query_range', { query, start: String(fromMs / 1_000), end: String(toMs / 1_000), step: String(stepMs / 1_000) }), query);
    return result.flatMap(({ metric, histograms }) => {
      const last = histograms?.at(-1)?.[1];
      return last === undefined ? [] : [{ labels: metric, count: last.count, buckets: last.buckets.map(([, , high, count]) => ({ high, count })) }];
    });
  }

  /** Which series were written within a range. */
  async series(match: string, fromMs: number, toMs: number): Promise<SeriesLabels[]> {
    return this.#read(seriesList, await this.#ask('series', { 'match[]': match, start: String(fromMs / 1_000), end: String(toMs / 1_000) }), match);
  }

  #read<T>(schema: z.ZodType<T>, data: unknown, query: string): T {
    const parsed = schema.safeParse(data);
    if (parsed.success) return parsed.data;
    throw new BenchError(EXIT.usage, `${this.#base} does not answer ${query} as Prometheus does: ${parsed.error.issues[0]?.path.join('.')}: ${parsed.error.issues[0]?.message}`, { hint: 'Prometheus 2.40 or newer with native histograms enabled is needed.' });
  }

  async #ask(what: string, parameters: Readonly<Record<string, string>>): Promise<unknown> {
    const url = `${this.#base}/api/v1/${what}`;
    let status: number;
    let text: string;
    try {
      const answer = await fetch(url, { method: 'POST', headers: this.#headers, body: new URLSearchParams(parameters), redirect: 'error', signal: AbortSignal.timeout(ANSWER_LIMIT_MS) });
      status = answer.status;
      text = await answer.text();
    } catch (thrown) {
      throw new BenchError(EXIT.unreachable, `${url} does not answer: ${reasonOf(thrown)}`, { hint: 'Is Prometheus up, and is this its base URL?', cause: thrown });
    }
    const parsed = envelope.safeParse(json(text));
    if (parsed.success) return parsed.data.data;
    throw new BenchError(status === 401 || status === 403 || status >= 500 ? EXIT.unreachable : EXIT.usage, `${url} answers ${status}: ${text.trim().slice(0, 200)}`, {
      hint: status === 401 || status === 403 ? 'Give a token in BENCH_PROMETHEUS_TOKEN, or name:password@ in the URL.' : 'Is this the base URL of a Prometheus server (without /api/v1)?',
    });
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
