import type { Labels } from '../record/schema.ts';
import type { Json } from './json-pointer.ts';
import type { Share } from './share.ts';
import type { Template } from './template.ts';

/** Where the load goes: an origin, and the only addresses connections may be made to. */
export interface TargetPlan {
  /** `http://127.0.0.1:8080`, without a path. */
  origin: string;
  addresses: readonly { address: string; family: 4 | 6 }[];
  insecureTls: boolean;
}

/** What a value in an answer must be. `to` of a value in a JSON body is JSON text. */
export type MatchPlan = { type: 'exists' } | { type: 'absent' } | { type: 'equals'; to: Template } | { type: 'matches'; pattern: string };

/** When an answer counts as a success. */
export interface ExpectationPlan {
  /** Accepted status codes, and `2xx`-like classes as their first digit; `null`: every 2xx, and 3xx that stay on the host. */
  statuses: { codes: readonly number[]; classes: readonly number[] } | null;
  bodyIncludes: Template | null;
  /** A regular expression. */
  bodyMatches: string | null;
  maxBodyBytes: number | null;
  /** JSON pointers into the body. */
  json: readonly { pointer: string; match: MatchPlan }[];
  /** Names in lower case. */
  headers: readonly { name: string; match: MatchPlan }[];
}

/** A value taken from an answer for later steps. Regular expressions yield their first group, or the whole match without one. */
export interface CapturePlan {
  name: string;
  from: { type: 'json'; pointer: string } | { type: 'header'; header: string; pattern: string | null } | { type: 'body'; pattern: string };
  /** Never shown. */
  secret: boolean;
}

export interface FilePlan {
  /** Absolute. */
  path: string;
  bytes: number;
}

/** One part of a multipart/form-data body. */
export interface PartPlan {
  name: string;
  filename: string | null;
  contentType: string | null;
  content: { type: 'value'; text: Template } | ({ type: 'file' } & FilePlan);
}

export type BodyPlan = { type: 'none' } | { type: 'text'; text: Template } | ({ type: 'file' } & FilePlan) | { type: 'multipart'; boundary: string; parts: readonly PartPlan[] };

/** One request, a step of a flow. */
export interface RequestPlan {
  /** What tells it apart from others in the same load; `{}` where it is the only one. */
  labels: Labels;
  method: string;
  /** Path and query, with the path of the base URL. */
  path: Template;
  /** Names in lower case. */
  headers: Readonly<Record<string, Template>>;
  body: BodyPlan;
  expect: ExpectationPlan;
  capture: readonly CapturePlan[];
  /** Between its end and the next step. */
  pauseMs: number;
}

/** What an arrival starts: its steps one after the other, the first at the arrival. A step that fails ends it. */
export interface FlowPlan {
  /** How often it is started, relative to the others; above 0. */
  weight: number;
  /** At least one. */
  steps: readonly RequestPlan[];
  /** Of the figures of its iterations; null where it is a single request, whose own figures say all. */
  labels: Labels | null;
}

/** How a column of data is made: the same for the same seed and the same iteration. */
export type GeneratorPlan =
  | { type: 'uuid' }
  | { type: 'integer'; from: number; to: number }
  | { type: 'choice'; values: readonly Json[] }
  | { type: 'sequence'; from: number; step: number };

/** Values for iterations: the n-th takes row n of the file, in turns, or one drawn by seed and n. */
export interface DataPlan {
  /** Of the file; empty without one. */
  rows: readonly Readonly<Record<string, Json>>[];
  order: 'sequential' | 'random';
  generate: readonly { name: string; generator: GeneratorPlan }[];
  seed: number;
  /** Number of the first iteration: rounds go on where the last one stopped. */
  first: number;
}

/** A cookie as it is kept. */
export interface Cookie {
  name: string;
  value: string;
  path: string;
  secure: boolean;
  /** ms since 1970; null: as long as the jar. */
  expiresAtMs: number | null;
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
  flows: readonly FlowPlan[];
  data: DataPlan | null;
  /** What every iteration's jar begins with; null: cookies are ignored. */
  cookies: readonly Cookie[] | null;
  connection: 'keep-alive' | 'new';
  warmupMs: number;
  durationMs: number;
  /** Of each request, from its intended start. */
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
  /** Iterations at once. */
  maxInFlight: number;
  /** Threads that share the arrivals. */
  workers: number;
  /** What this thread generates of them. */
  share: Share;
}

/** Each user starts its next iteration when its last one is over. */
export interface ClosedPlan extends CommonPlan {
  model: 'closed';
  connections: number;
  /** Between two iterations of a user. autocannon cannot wait: 0 there. */
  thinkMs: number;
  engine: 'own' | 'autocannon';
}

/** What a load is, as plain data: it travels to a worker thread, and another engine could run it as it is. */
export type LoadPlan = OpenPlan | ClosedPlan;

const ANY_ANSWER: ExpectationPlan = { statuses: null, bodyIncludes: null, bodyMatches: null, maxBodyBytes: null, json: [], headers: [] };

/** A GET of a path that every answer but an error satisfies. */
export function plainGet(path: string): RequestPlan {
  return { labels: {}, method: 'GET', path, headers: {}, body: { type: 'none' }, expect: ANY_ANSWER, capture: [], pauseMs: 0 };
}

/** One request as what an arrival starts. */
export function single(request: RequestPlan, weight = 1): FlowPlan {
  return { weight, steps: [request], labels: null };
}
