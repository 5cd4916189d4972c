import { z } from 'zod';
import { count, name, needs, share } from '../fields.ts';
import { METRICS, type MetricKind } from '../record/metrics.ts';
import { capacity } from './capacity.ts';
import { host } from '../observe/host/schema.ts';
import { observe } from '../observe/schema.ts';
import { KIND_NAMES, workload } from '../workloads/schemas.ts';
import { readiness } from './readiness-schema.ts';
import { absoluteFloor, baseUrl, headers } from './values.ts';

/** Rounds of the profiles that every scenario has. */
export const BUILT_IN_PROFILES: Readonly<Record<string, number>> = { smoke: 1, quick: 3, nightly: 10, capacity: 5 };

/** Rounds of a profile that only the scenario knows and that does not say. */
export const DEFAULT_ROUNDS = 3;

const rounds = count(1, 1_000);

export const target = z.strictObject({
  baseUrl: baseUrl.describe('where the load goes: embedded (the video service that comes with readybench, started and stopped by the run), embedded-proxied (the same behind a front process) or an http(s) URL; paths are appended'),
  headers: headers.default({}).describe('sent with every request; ${secret.X} for credentials'),
});

const metricGate = (kind: MetricKind) =>
  z
    .strictObject({
      minEffect: share.optional().describe('smallest change of this metric that counts'),
      floor: absoluteFloor(kind.unit).optional().describe('a change smaller than this is never a regression, whatever its percentage'),
      gate: z.boolean().default(true).describe('false: the change is reported and never fails the run'),
    })
    .optional()
    .describe(kind.title);

export const gate = z.strictObject({
  minEffect: share.optional().describe('smallest change that counts as a regression; without it 5% of times and rates, 3% of CPU seconds, and 3% of everything in pairs (--against)'),
  metrics: z
    .strictObject(Object.fromEntries(Object.entries(METRICS).filter(([id, { observed }]) => !/^(?:control|host)\./.test(id) && observed !== true).map(([id, kind]) => [id, metricGate(kind)])))
    .prefault({})
    .describe('exceptions, by metric id'),
});

/** What a profile changes in one workload: any part of it, merged over it. Checked as the whole workload it makes. */
const patch = z.record(z.string(), z.json(), { error: (issue) => needs('a map of what the profile changes', issue.input) });

export const profile = z.strictObject({
  description: z.string().optional().describe('for people'),
  rounds: rounds.optional().describe('how often every workload is measured'),
  only: z.array(name).min(1).optional().describe('the workloads that run; without it all of them (in smoke: those that only read)'),
  workloads: z.record(name, patch).default({}).describe('changes by workload name: maps are merged, lists and values replaced; a load whose model changes is replaced as a whole'),
});

/** A scenario file. */
export const scenario = z.strictObject({
  name: name.describe('unique among the scenarios of a run; baselines are stored under it'),
  description: z.string().optional().describe('for people; shown by `bench list` and in reports'),
  tags: z.array(name).default([]).describe('for `--tag`; `bench run` without a scenario runs those tagged default'),
  target: target.optional().describe('where the load goes; needed by workloads that send requests'),
  rounds: rounds.optional().describe('how often every workload is measured, where the profile does not say; without both smoke 1, quick 3, nightly 10, capacity 5'),
  workloads: z.array(workload).min(1).describe(`what is measured; each has exactly one of ${KIND_NAMES.join(', ')}`),
  observe: observe.optional().describe('what is read from the service while workloads are measured: a Prometheus text endpoint, or PromQL on a server'),
  host: host.optional().describe('what is watched on this machine while workloads are measured, and which states of it are wrong'),
  readiness: readiness.optional().describe('a production readiness guide, item by item: what decides each, and which cannot be measured from outside'),
  gate: gate.prefault({}).describe('when a change against the baseline is a regression'),
  capacity: capacity.optional().describe('deployments that `bench capacity plan` sizes: servers, storage, cost'),
  profiles: z.record(name, profile).default({}).describe('variants, chosen by `--profile`; smoke, quick, nightly and capacity are always there and can be changed here'),
});

export type Scenario = z.infer<typeof scenario>;
export type Profile = z.infer<typeof profile>;
export type Gate = z.infer<typeof gate>;
export type TargetSpec = z.infer<typeof target>;
