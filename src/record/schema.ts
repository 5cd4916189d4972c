import { z } from 'zod';
import { checkDetail, checkSeries } from './schema/check.ts';
import { comparisonResult, finding, histogram, metric, notMeasured, slaResult } from './schema/common.ts';
import { encodeDetail, encodeSeries } from './schema/encode.ts';
import { hostRecord } from './schema/host.ts';
import { httpDetail, httpSeries } from './schema/http.ts';
import { jobDetail, jobSeries } from './schema/job.ts';
import { k6Detail } from './schema/k6.ts';
import { observedSeries } from './schema/observed.ts';
import { readiness } from './schema/readiness.ts';

export { unit } from './schema/common.ts';
export type * from './schema/check.ts';
export type * from './schema/common.ts';
export type * from './schema/encode.ts';
export type * from './schema/host.ts';
export type * from './schema/http.ts';
export type * from './schema/job.ts';
export type * from './schema/k6.ts';
export type * from './schema/observed.ts';
export type * from './schema/readiness.ts';

/**
 * The run record, `result.json`: what was measured, on what, and what was made of it.
 * Times are milliseconds unless a unit says otherwise. Fields are added, never changed in meaning; a change of meaning
 * raises `SCHEMA_VERSION`.
 */
export const SCHEMA_VERSION = 1;

/** Ids of runs and hashes of machines become names of files: nothing else may. */
const fileName = z.string().regex(/^[\w-][\w.-]*$/, { error: 'must be letters, digits, dots and dashes' });

const time = z.iso.datetime({ error: 'must be a time such as 2026-01-31T07:05:03.042Z' });

const confirmation = z.object({
  from: z.number().int().describe('the first round measured afresh, after all the planned ones, because something looked worse than its baseline'),
  metrics: z.array(z.string()).describe('metric keys that were flagged; fresh rounds alone decide on them'),
});

const against = z.object({
  label: z.string().describe('what was measured in turns with the subject of this run: a URL, an ffmpeg, a git ref or a command'),
  validity: z.object({ status: z.enum(['valid', 'suspect', 'invalid']), findings: z.array(finding) }),
  metrics: z.array(metric),
});

const workload = z.object({
  name: z.string(),
  kind: z.string(),
  status: z.enum(['measured', 'partly-measured', 'not-measured', 'interrupted']),
  validity: z.object({ status: z.enum(['valid', 'suspect', 'invalid']), findings: z.array(finding) }),
  testDouble: z.boolean().optional().describe('true: measured on a stand-in for the real device; never a baseline'),
  metrics: z.array(metric),
  confirmation: confirmation.optional(),
  against: against.optional().describe('paired A/B (--against): the other side, measured in the same rounds'),
  sla: z.array(slaResult),
  comparison: z.array(comparisonResult),
  notMeasured: z.array(notMeasured),
  observed: z.array(observedSeries).optional().describe('read from the service during the measured windows; absent where the scenario observes nothing'),
  histograms: z.array(histogram),
  series: z.discriminatedUnion('kind', [httpSeries, encodeSeries, jobSeries, checkSeries]),
  detail: z.discriminatedUnion('kind', [httpDetail, encodeDetail, jobDetail, checkDetail, k6Detail]),
});

const note = z.object({
  kind: z.enum(['changed', 'drift']).describe('changed: tools or system since the baseline; drift: of a metric since the release anchor, a warning'),
  workload: z.string().nullable(),
  metric: z.string().nullable(),
  sentence: z.string(),
});

/** What `bench calibrate` found on this machine, as the gate of this run knew it. */
const calibration = z.object({
  date: z.string(),
  rounds: z.number().int().describe('that runs of this profile have'),
  pairs: z.number().int().optional().describe('that a paired run (--against) has'),
  recommended: z.number().int().nullable().describe('pairs with which a paired run (--against) sees 10 % on every metric; null: a thousand would not do'),
  metrics: z.array(
    z.object({
      metric: z.string().describe('workload/metric key'),
      noise: z.number().describe('from round to round, as a standard deviation of logarithms'),
      autocorrelation: z.number().describe('of neighbouring rounds'),
      smallestSeen: z.number().nullable().describe('smallest change that a paired run of `rounds` rounds finds in 95 of 100 runs; null: none'),
      seenInPairs: z.number().nullable().optional().describe('smallest change that a paired run of `pairs` rounds finds in 95 of 100 runs; null: none'),
      seenInHistory: z.number().nullable().optional().describe('smallest change that a run of `rounds` rounds finds in 95 of 100 runs against one stored session; null: none'),
      roundsFor5: z.number().int().nullable().describe('pairs with which 5 % is found; null: more than 1,000'),
      roundsFor10: z.number().int().nullable(),
    }),
  ),
});

const scenario = z.object({
  name: z.string(),
  file: z.string(),
  sha256: z.string().describe('of what is measured (workloads after the profile), not of where: comments, target and SLA do not change it'),
  target: z.string().nullable().describe('base URL, or null where no workload needs one'),
  source: z.string().describe('the file as written; secrets are references and never values'),
  workloads: z.array(workload),
  calibration: calibration.optional().describe('absent where this scenario was not calibrated on this machine'),
  readiness: readiness.optional().describe('a production readiness guide against this run; absent where the scenario has none'),
  host: hostRecord.optional().describe('this machine meanwhile; absent where the scenario does not watch it'),
  notes: z.array(note).optional().describe('what to know of the comparison; absent where nothing was compared'),
});

const control = z.object({
  rounds: z.array(z.object({ kernelMs: z.number(), loopbackMs: z.number(), waitShare: z.number().nullable() })).describe('before every round: a fixed piece of work, a null server over loopback, and how long the work waited for a processor'),
  stealShare: z.number().nullable().describe('processor time that the hypervisor gave to others during the run'),
  findings: z.array(finding).describe('what disturbed the environment; a regression found in spite of one makes its workload invalid instead'),
});

const ffmpegTool = z.object({ path: z.string(), version: z.string(), source: z.enum(['FFMPEG_PATH', 'PATH', 'npm']), configuration: z.string() });

const k6Tool = z.object({ path: z.string().describe('empty where it ran elsewhere'), version: z.string(), segments: z.number().int() }).describe('present where k6 sent the load');

const reason = z.object({
  kind: z.enum(['internal', 'usage', 'tool-missing', 'unreachable', 'invalid', 'sla', 'regression', 'no-baseline', 'not-measured', 'interrupted']),
  scenario: z.string().nullable(),
  workload: z.string().nullable(),
  metric: z.string().nullable(),
  sentence: z.string(),
});

export const runRecord = z.object({
  schemaVersion: z.literal(SCHEMA_VERSION),
  run: z.object({
    id: fileName,
    status: z.enum(['running', 'complete', 'interrupted', 'failed']),
    startedAt: time,
    endedAt: time.nullable(),
    durationMs: z.number(),
    profile: z.string(),
    seed: z.number().int(),
    rounds: z.number().int().describe('asked for; a scenario can ask for its own number'),
    command: z.string().describe('reproduces the run'),
    insecureTls: z.boolean(),
    git: z.object({ commit: z.string(), branch: z.string().nullable(), dirty: z.boolean() }).nullable(),
    tools: z.object({ readybench: z.string(), node: z.string(), ffmpeg: ffmpegTool.nullable(), k6: k6Tool.optional() }),
  }),
  control: control.optional().describe('the control workload of the run; absent with --no-control'),
  environment: z.object({
    hard: z.record(z.string(), z.union([z.string(), z.number(), z.null()])).describe('a difference here means another machine: figures do not compare'),
    soft: z.record(z.string(), z.union([z.string(), z.number(), z.null()])).describe('a difference here is shown'),
    hash: fileName.describe('of `hard`'),
  }),
  verdict: z.object({
    status: z.enum(['pass', 'fail', 'invalid', 'interrupted', 'error']),
    sentence: z.string(),
    reasons: z.array(reason).describe('worst first'),
    warnings: z.array(reason),
  }),
  exitCode: z.number().int(),
  scenarios: z.array(scenario),
});

export type RunRecord = z.infer<typeof runRecord>;
export type ScenarioRecord = z.infer<typeof scenario>;
export type WorkloadRecord = z.infer<typeof workload>;
export type CalibrationRecord = z.infer<typeof calibration>;
export type ScenarioNote = z.infer<typeof note>;
export type Confirmation = z.infer<typeof confirmation>;
export type ControlRecord = z.infer<typeof control>;
export type FfmpegTool = z.infer<typeof ffmpegTool>;
export type Reason = z.infer<typeof reason>;
export type Environment = RunRecord['environment'];
export type Verdict = RunRecord['verdict'];
export type RunTools = RunRecord['run']['tools'];
