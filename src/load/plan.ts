import type { Labels } from '../record/schema.ts';
import type { Share } from './share.ts';

/** Where the load goes: an origin, and the only addresses connections may be made to. */
export interface TargetPlan {
  /** `http://127.0.0.1:8080`, without a path. */
  origin: string;
  addresses: readonly { address: string; family: 4 | 6 }[];
  insecureTls: boolean;
}

/** When an answer counts as a success. */
export interface ExpectationPlan {
  /** Accepted status codes, and `2xx`-like classes as their first digit; `null`: every 2xx and 3xx. */
  statuses: { codes: readonly number[]; classes: readonly number[] } | null;
  bodyIncludes: string | null;
  maxBodyBytes: number | null;
}

/** One request, ready to be sent any number of times. */
export interface RequestPlan {
  /** What tells it apart from others in the same load; `{}` where it is the only one. */
  labels: Labels;
  /** How often it is sent, relative to the others of the mix; above 0. */
  weight: number;
  method: string;
  /** Path and query, with the path of the base URL. */
  path: string;
  headers: Readonly<Record<string, string>>;
  body: string | null;
  expect: ExpectationPlan;
}

/** A part of the measured time in which the rate goes evenly from one value to another, or stays. */
export interface RateStage {
  fromPerSecond: number;
  toPerSecond: number;
  durationMs: number;
}

interface CommonPlan {
  target: TargetPlan;
  /** At least one. */
  requests: readonly RequestPlan[];
  warmupMs: number;
  durationMs: number;
  timeoutMs: number;
  seed: number;
}

/** Arrivals at their due time, whether or not earlier ones were answered. */
export interface OpenPlan extends CommonPlan {
  model: 'open';
  /** Of the warm-up, and of the measurement where it has no stages. */
  ratePerSecond: number;
  /** They make up `durationMs`; empty: the rate stays. */
  stages: readonly RateStage[];
  arrivals: 'constant' | 'poisson';
  maxInFlight: number;
  /** Threads that share the arrivals. */
  workers: number;
  /** What this thread generates of them. */
  share: Share;
}

/** Each connection sends its next request when the last was answered. */
export interface ClosedPlan extends CommonPlan {
  model: 'closed';
  connections: number;
  /** Between an answer and the next request of that connection. autocannon cannot wait: 0 there. */
  thinkMs: number;
  engine: 'own' | 'autocannon';
}

/** What a load is, as plain data: it travels to a worker thread. */
export type LoadPlan = OpenPlan | ClosedPlan;
