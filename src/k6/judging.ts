import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { BenchError, EXIT, reasonOf } from '../errors.ts';
import { scriptConfigMapFile, testRunFile } from './export/script-test.ts';
import { PLAN, ROWS } from './script-files.ts';
import type { K6Plan } from './plan.ts';

export const JUDGING = 'judging.json';
/** Of the manifests beside it. */
const CONFIG_MAP = '1-configmap.yaml';
const TEST_RUN = '4-testrun.yaml';

const limit = z.object({ id: z.string(), labels: z.record(z.string(), z.string()), operator: z.enum(['<=', '>=']), limit: z.number(), severity: z.enum(['critical', 'warning', 'info']) });

const load = z.discriminatedUnion('model', [
  z.object({ model: z.literal('closed'), connections: z.number().int().min(1), engine: z.enum(['own', 'autocannon']) }),
  z.object({ model: z.enum(['open', 'staged']) }),
]);

const number = z.number().optional();
const named = z.object({ name: z.string(), limits: z.array(limit) });

/** A script of a team's own: what its samples are read for, and the names of its rounds. */
const script = named.extend({
  kind: z.literal('k6'),
  k6: z.object({ script: z.string(), warmup: z.number(), duration: z.number(), tags: z.array(z.string()), metrics: z.array(z.string()) }),
  sla: z.record(z.string(), z.object({ p50: number, p90: number, p95: number, p99: number, atMost: number, atLeast: number, perSecond: number })),
  sha256: z.string(),
  facts: z.object({ executors: z.array(z.object({ scenario: z.string(), executor: z.string() })), longestMs: z.number().nullable(), plannedMs: z.number().nullable(), thresholds: z.array(z.string()) }),
  runs: z.array(z.string()).min(1),
});

export type JudgedScript = z.infer<typeof script>;

/** What the merged figures are held against: the scenario as it was when it was exported. */
const judging = z.object({
  schema: z.literal(1),
  plan: z.string(),
  scenario: z.object({ name: z.string(), file: z.string(), sha256: z.string(), source: z.string(), target: z.string(), gate: z.record(z.string(), z.unknown()) }),
  profile: z.string(),
  seed: z.number(),
  rounds: z.number().int().min(1),
  insecureTls: z.boolean(),
  image: z.string(),
  workloads: z.array(z.union([script, named.extend({ kind: z.literal('http').default('http'), load })])).min(1),
});

export type Judging = z.infer<typeof judging>;

/** An exported test: its plan, what its figures are held against, and the pods that it was for: `512Mi, 1Gi` where scripts have other ones. */
export interface Exported {
  plan: K6Plan;
  judging: Judging;
  pods: { cpu: string; memory: string };
}

const configMap = z.object({ data: z.record(z.string(), z.string()), binaryData: z.record(z.string(), z.string()).default({}) });
const quantity = z.union([z.string(), z.number()]).transform(String);
const testRun = z.object({ spec: z.object({ runner: z.object({ resources: z.object({ limits: z.object({ cpu: quantity, memory: quantity }) }) }) }) });

/** Reads an exported folder. Throws a BenchError (2) for one that is none, or whose plan or scripts are not what its pods were given. */
export async function readExport(folder: string): Promise<Exported> {
  const hint = 'Give the folder that bench k6 export wrote, as it was written: bench k6 merge --plan FOLDER FILES…';
  const wrong = (text: string): BenchError => new BenchError(EXIT.usage, text, { hint });
  const text = async (name: string, encoding: 'utf8' | 'base64' = 'utf8'): Promise<string> => {
    try {
      return await readFile(join(folder, name), encoding);
    } catch (thrown) {
      throw new BenchError(EXIT.usage, `${join(folder, name)} cannot be read: ${reasonOf(thrown)}`, { hint, cause: thrown });
    }
  };
  const read = <T>(name: string, content: string, schema: z.ZodType<T>): T => {
    let value: unknown;
    try {
      value = name.endsWith('.json') ? JSON.parse(content) : parse(content);
    } catch (thrown) {
      throw new BenchError(EXIT.usage, `${join(folder, name)} cannot be read: ${reasonOf(thrown)}`, { hint, cause: thrown });
    }
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    throw wrong(`${join(folder, name)} is not what it should be: ${parsed.error.issues[0]?.path.join('.')}: ${parsed.error.issues[0]?.message}`);
  };
  const [own, rows] = [await text(PLAN), await text(ROWS)];
  const plan = { ...(read(PLAN, own, z.unknown()) as K6Plan), rows: read(ROWS, rows, z.unknown()) as K6Plan['rows'] };
  const judged = read(JUDGING, await text(JUDGING), judging);
  if (plan.schema !== 1 || !Array.isArray(plan.parts)) throw wrong(`${join(folder, PLAN)} is no plan of this version`);
  if (plan.id !== judged.plan) throw wrong(`${PLAN} and ${JUDGING} in ${folder} belong to two exports`);
  const same = (path: string, content: string, given: string | undefined, manifest: string): void => {
    if (content !== given) throw new BenchError(EXIT.usage, `${join(folder, path)} is not what ${manifest} gives the pods: one of the two was changed`, { hint: 'The pods are judged by what they ran: for another load, export the scenario anew.' });
  };
  const generic = plan.parts.length > 0;
  if (generic) {
    const { data } = read(CONFIG_MAP, await text(CONFIG_MAP), configMap);
    same(PLAN, own, data[PLAN], CONFIG_MAP);
    same(ROWS, rows, data[ROWS], CONFIG_MAP);
  }
  const scripts = judged.workloads.filter((each) => each.kind === 'k6');
  for (const { name } of scripts) {
    const manifest = scriptConfigMapFile(name);
    const { data, binaryData } = read(manifest, await text(manifest), configMap);
    for (const [file, given] of Object.entries(data)) same(join(name, file), await text(join(name, file)), given, manifest);
    for (const [file, given] of Object.entries(binaryData)) same(join(name, file), await text(join(name, file), 'base64'), given, manifest);
  }
  const limits: Exported['pods'][] = [];
  for (const run of [...(generic ? [TEST_RUN] : []), ...scripts.flatMap(({ runs }) => runs.map(testRunFile))]) limits.push(read(run, await text(run), testRun).spec.runner.resources.limits);
  const every = (values: string[]): string => [...new Set(values)].join(', ');
  return { plan, judging: judged, pods: { cpu: every(limits.map(({ cpu }) => cpu)), memory: every(limits.map(({ memory }) => memory)) } };
}
