import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { stringify } from 'yaml';
import { BenchError, EXIT, type ExitCode } from '../../errors.ts';
import { k6Engine } from '../../k6/engine.ts';
import { manifests, type ExportOptions } from '../../k6/export/manifests.ts';
import { readme } from '../../k6/export/readme.ts';
import { JUDGING } from '../../k6/judging.ts';
import { testMs } from '../../k6/make-plan.ts';
import { layOut, PLAN, ROWS, SCRIPT, scriptNames } from '../../k6/script-files.ts';
import { findK6 } from '../../host/k6-tool.ts';
import { mergeK6, type PointSource } from '../../merge-k6.ts';
import { notify } from '../../notify/notify.ts';
import { exportTest } from '../../pipeline/k6-export.ts';
import { parseDurationMs } from '../../units.ts';
import { deliver, print, reporterNames } from '../deliver.ts';
import { progressOn } from '../progress.ts';
import { requestOf, runAndReport, showPlan, type RunFlags } from './run.ts';

/** `bench k6 run`: the ordinary run, its load sent by k6. 6 where there is no k6. */
export async function runOnK6(scenarios: string[], flags: RunFlags & { segments: number }): Promise<ExitCode> {
  const names = reporterNames(flags.json === true ? ['json', 'markdown', 'html'] : flags.reporter);
  const engine = k6Engine(await findK6(process.env), flags.segments);
  const request = requestOf(scenarios, flags, engine);
  if (flags.dryRun === true) return showPlan(request);
  process.stderr.write(`k6 ${engine.tool.version} (${engine.tool.path}), ${flags.segments} segment${flags.segments === 1 ? '' : 's'}\n`);
  return runAndReport(request, names);
}

export type MergeFlags = Pick<RunFlags, 'out' | 'reporter' | 'json' | 'baselines' | 'compare' | 'failOn'> & { plan: string; prometheus?: string; since: string };

/** `bench k6 merge`: the files of all segments, or what Prometheus has of them, as one run with its verdict. */
export async function merge(files: string[], flags: MergeFlags): Promise<ExitCode> {
  const source = sourceOf(files, flags);
  const names = reporterNames(flags.json === true ? ['json', 'markdown', 'html'] : flags.reporter);
  const progress = progressOn(process.stderr);
  try {
    const { record, dir, exitCode } = await mergeK6(resolve(flags.plan), source, requestOf([], { ...flags, profile: '', seed: 0, control: false }), progress.observe);
    progress.end();
    await deliver(record, names, dir);
    for (const text of await notify(record, process.env)) await print(process.stderr, `${text}\n`);
    return exitCode;
  } finally {
    progress.end();
  }
}

function sourceOf(files: string[], { prometheus, since }: MergeFlags): PointSource {
  if (prometheus === undefined) {
    if (files.length > 0) return { type: 'files', files };
    throw new BenchError(EXIT.usage, 'nothing to merge', { hint: 'Give the files of all segments, or --prometheus URL where the test was exported with it.' });
  }
  if (files.length > 0) throw new BenchError(EXIT.usage, 'files and --prometheus cannot be merged together', { hint: 'Give one of the two: a test writes to files or to Prometheus.' });
  const sinceMs = parseDurationMs(since);
  if (sinceMs === undefined) throw new BenchError(EXIT.usage, `--since ${since} is no length of time`, { hint: 'for example --since 2h or --since 7d' });
  return { type: 'prometheus', url: prometheus, token: process.env['BENCH_PROMETHEUS_TOKEN'], sinceMs };
}

export interface ExportFlags {
  parallelism: number;
  dir?: string;
  namespace: string;
  image: string;
  cpu: string;
  memory?: string;
  storage: string;
  storageClass?: string;
  targetCidr: string[];
  prometheus?: string;
  profile: string;
  target?: string;
  filter?: string;
  rounds?: number;
  seed: number;
  insecure?: true;
  confirmTarget?: string;
}

/** ConfigMaps hold 1 MiB, names and base64 included. */
const CONFIG_MAP_BYTES = 1_000_000;

/** `bench k6 export`: a folder to apply with kubectl. Nothing is sent anywhere. */
export async function exportForCluster(scenario: string, flags: ExportFlags): Promise<ExitCode> {
  if (flags.prometheus !== undefined) checkWriteUrl(flags.prometheus);
  const request = requestOf([scenario], { ...flags, reporter: [], baselines: 'baselines', compare: false, control: false });
  const test = await exportTest(scenario, request, { parallelism: flags.parallelism, targetCidrs: flags.targetCidr });
  const { plan, judging, secrets, bodies, rule, target, leftOut } = test;
  const folder = resolve(flags.dir ?? join('k6-export', plan.scenario));
  await emptyFolder(folder);
  await layOut(folder, plan);
  for (const [name, content] of Object.entries(bodies)) await writeFile(join(folder, name), content);
  const texts = [...(await scriptNames()), PLAN, ROWS];
  const files = Object.fromEntries(await Promise.all(texts.map(async (name): Promise<[string, string]> => [name, await readFile(join(folder, name), 'utf8')])));
  const binaryFiles = Object.fromEntries(Object.entries(bodies).map(([name, content]) => [name, content.toString('base64')]));
  const bytes = [...Object.values(files), ...Object.values(binaryFiles)].reduce((sum, each) => sum + Buffer.byteLength(each), 0);
  if (bytes > CONFIG_MAP_BYTES) {
    throw new BenchError(EXIT.usage, `script, plan, data and bodies have ${bytes} bytes: a ConfigMap holds ${CONFIG_MAP_BYTES}`, { hint: 'Use less data and smaller bodies, or put the folder on a volume and name it in 4-testrun.yaml (script.volumeClaim).' });
  }
  const users = Math.max(...Object.values(plan.options['scenarios'] as Record<string, { maxVUs?: number; vus?: number }>).map(({ maxVUs, vus }) => maxVUs ?? vus ?? 1));
  const options: ExportOptions = {
    name: plan.scenario,
    namespace: flags.namespace,
    parallelism: flags.parallelism,
    image: flags.image,
    cpu: flags.cpu,
    memory: flags.memory ?? `${256 * Math.ceil((256 + (2 * users) / flags.parallelism) / 256)}Mi`,
    storage: flags.storage,
    storageClass: flags.storageClass ?? null,
    secrets,
    files,
    binaryFiles,
    script: SCRIPT,
    target: rule,
    prometheusUrl: flags.prometheus ?? null,
    planId: plan.id,
  };
  for (const [name, documents] of Object.entries(manifests(options))) await writeFile(join(folder, name), documents.map((each) => stringify(each)).join('---\n'));
  await writeFile(join(folder, JUDGING), `${JSON.stringify({ ...judging, image: flags.image }, null, 2)}\n`);
  await writeFile(join(folder, 'README.md'), readme(options, target, Math.ceil(testMs(plan) / 60_000)));
  await print(process.stdout, `${relative(process.cwd(), folder) || '.'}: ${flags.parallelism} pods of ${flags.image} against ${target}; README.md has the commands\n`);
  for (const { workload, why } of leftOut) process.stderr.write(`${workload} is left out: ${why}\n`);
  return EXIT.pass;
}

/** The manifests are files that people share: credentials have no place in them. */
function checkWriteUrl(text: string): void {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) throw new BenchError(EXIT.usage, `--prometheus ${text} is no http(s) URL`, { hint: 'Give the remote write endpoint as pods reach it: http://prometheus.monitoring.svc:9090/api/v1/write' });
  if (new URL(text).username !== '') throw new BenchError(EXIT.usage, '--prometheus has credentials in it, which would stand in a manifest', { hint: 'Leave them out: the README of the export says which Secret holds them.' });
}

async function emptyFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length > 0) throw new BenchError(EXIT.usage, `${folder} is not empty`, { hint: 'Give another folder with --dir: files of an earlier export must not be mixed with those of this one.' });
}
