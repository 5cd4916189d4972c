import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { reasonOf } from '../errors.ts';
import { needs } from '../fields.ts';
import { asReference, finish, type Environment } from './interpolate.ts';
import { check } from './issues.ts';
import { locateIn } from './place.ts';
import { inOrder, type Problem } from './problem.ts';
import { host } from './values.ts';
import { readYaml } from './yaml.ts';

export const CONFIG_FILE = 'bench.config.yaml';

const pricePerHour = z
  .string({ error: (issue) => needs('a price per hour, for example 0.34/h', issue.input) })
  .regex(/^\d+(\.\d+)?\/h$/, { error: (issue) => needs('a price per hour, for example 0.34/h', issue.input) })
  .transform((text) => Number(text.slice(0, -2)));

const wantedStoragePrice = (issue: { input?: unknown }): string => needs('a price per GB and month, for example 0.023/GB-month', issue.input);
const pricePerGbMonth = z
  .string({ error: wantedStoragePrice })
  .regex(/^\d+(\.\d+)?\/GB-month$/, { error: wantedStoragePrice })
  .transform((text) => Number(text.slice(0, -'/GB-month'.length)));

const prices = z.strictObject({
  currency: z.string().regex(/^[A-Z]{3}$/, { error: (issue) => needs('three capital letters, for example USD', issue.input) }).describe('of all prices'),
  cpu: pricePerHour.optional().describe('an hour of this machine, or of one like it, encoding on its CPU'),
  gpu: pricePerHour.optional().describe('an hour of one with a GPU'),
  storage: pricePerGbMonth.optional().describe('a month of a gigabyte of stored video'),
  asOf: z.iso.date({ error: (issue) => needs('a date such as 2026-11-01', issue.input) }).optional().describe('the day on which these prices were looked up; shown beside every cost'),
});

/** What holds for every scenario of a project. */
export const config = z.strictObject({
  prices: prices.optional().describe('what machines cost: for cost per video and the break-even of GPU against CPU'),
  allowTargets: z.array(host).default([]).describe('hosts that may be put under load, besides this machine: name or address, with or without a port'),
  service: z
    .strictObject({
      start: z.string().min(1).describe('command that starts your service on 127.0.0.1, at the port in PORT or in place of {port}; run without a shell'),
      prepare: z.array(z.string().min(1)).default([]).describe('commands that make a fresh checkout ready to start, for example npm ci'),
      ready: z.string().regex(/^\//, { error: 'must be a path that starts with /' }).default('/').describe('path that answers once it is ready'),
    })
    .optional()
    .describe('how your service is started: for bench run --against service=<git ref>'),
});

export type Config = z.infer<typeof config>;

export interface ConfigResult {
  /** Defaults where there is no file. */
  value: Config | undefined;
  errors: Problem[];
}

/** Reads `bench.config.yaml` of a folder, if there is one. */
export async function loadConfig(cwd: string, env: Environment): Promise<ConfigResult> {
  const unread = (message: string): ConfigResult => ({ value: undefined, errors: [{ file: CONFIG_FILE, line: 1, column: 1, path: '', message, severity: 'error' }] });
  const path = join(cwd, CONFIG_FILE);
  try {
    // A pipe that nobody writes to would be waited for without end.
    if (!(await stat(path)).isFile()) return unread('is not a regular file');
    return parseConfig(await readFile(path), CONFIG_FILE, env);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return { value: config.parse({}), errors: [] };
    return unread(`cannot be read: ${reasonOf(thrown)}`);
  }
}

/** Text → configuration. An empty file is one without settings. */
export function parseConfig(input: Uint8Array | string, file: string, env: Environment): ConfigResult {
  const yaml = readYaml(input, file, { env, unset: 'error' });
  const readable = yaml.problems.filter(({ message }) => message !== 'is empty');
  if (yaml.plain === undefined && readable.length > 0) return { value: undefined, errors: readable };
  const checked = check(config, yaml.plain ?? {});
  const issues = checked.ok ? [] : checked.issues;
  const place = locateIn(yaml.root);
  const errors = inOrder([...readable, ...issues.map((issue) => yaml.problem(place(issue.path, issue.at), issue.path, finish(issue.message, asReference)))]);
  return { value: checked.ok && errors.length === 0 ? checked.value : undefined, errors };
}
