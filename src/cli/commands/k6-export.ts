import { readdir, rm, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { stringify } from 'yaml';
import { BenchError, EXIT, type ExitCode } from '../../errors.ts';
import { checkConfigMap } from '../../k6/export/config-map.ts';
import { manifests } from '../../k6/export/manifests.ts';
import { kubernetesName } from '../../k6/export/names.ts';
import type { ExportOptions, GenericTest } from '../../k6/export/options.ts';
import { isName, prometheusReach } from '../../k6/export/reach.ts';
import { readme } from '../../k6/export/readme.ts';
import { JUDGING } from '../../k6/judging.ts';
import { testMs } from '../../k6/make-plan.ts';
import type { K6Plan } from '../../k6/plan.ts';
import { planTexts, scriptTexts } from '../../k6/script-files.ts';
import { exportTest } from '../../pipeline/k6-export.ts';
import { cannotWrite, makeFolders } from '../../record/folder.ts';
import { print } from '../deliver.ts';
import { requestOf } from './run.ts';

export interface ExportFlags {
  parallelism: number;
  dir?: string;
  namespace: string;
  image: string;
  starterImage: string;
  cpu: string;
  memory?: string;
  storage: string;
  storageClass?: string;
  targetCidr?: string[];
  targetSelector?: Record<string, string>;
  targetPort?: number;
  prometheus?: string;
  prometheusCidr?: string[];
  profile: string;
  target?: string;
  filter?: string;
  rounds?: number;
  seed: number;
  insecure?: true;
  confirmTarget?: string;
}

/** Of a pod of a script, whose virtual users are its own affair. */
const SCRIPT_MEMORY = '1Gi';

/** `bench k6 export`: a folder to apply with kubectl. Nothing is sent anywhere. */
export async function exportForCluster(scenario: string, flags: ExportFlags): Promise<ExitCode> {
  const prometheus = prometheusOf(flags);
  const request = requestOf([scenario], { ...flags, reporter: [], baselines: 'baselines', compare: false, control: false });
  const test = await exportTest(scenario, request, { parallelism: flags.parallelism, target: { cidrs: flags.targetCidr ?? [], labels: flags.targetSelector ?? {}, port: flags.targetPort ?? null }, toPrometheus: prometheus !== null });
  const { plan, judging, secrets, bodies, scripts, reach, target, leftOut } = test;
  const options: ExportOptions = {
    name: kubernetesName(plan.scenario),
    namespace: flags.namespace,
    parallelism: flags.parallelism,
    image: flags.image,
    starterImage: flags.starterImage,
    cpu: flags.cpu,
    storage: flags.storage,
    storageClass: flags.storageClass ?? null,
    secrets,
    generic: await genericOf(plan, bodies, flags),
    scripts,
    scriptMemory: flags.memory ?? SCRIPT_MEMORY,
    target: reach,
    prometheus,
    asksDns: test.asksDns || (prometheus !== null && isName(new URL(prometheus.url))),
    planId: plan.id,
  };
  const folder = resolve(flags.dir ?? join('k6-export', plan.scenario));
  const written = {
    ...planTexts(plan),
    ...options.generic?.files,
    ...options.generic?.binaryFiles,
    ...Object.fromEntries(Object.entries(manifests(options)).map(([name, manifest]) => [name, stringify(manifest, { aliasDuplicateObjects: false })])),
    [JUDGING]: `${JSON.stringify({ ...judging, image: flags.image }, null, 2)}\n`,
    'README.md': readme(options, target),
  };
  await writeFolder(folder, { '': written, ...Object.fromEntries(scripts.map(({ workload, script }) => [workload, { ...script.files, ...script.binaryFiles }])) });
  await print(process.stdout, `${relative(process.cwd(), folder) || '.'}: ${flags.parallelism} pods of ${flags.image} against ${target}; README.md has the commands\n`);
  for (const { workload, why } of leftOut) process.stderr.write(`${workload} is left out: ${why}\n`);
  return EXIT.pass;
}

/** Null for a plan without parts. Throws a BenchError (2) for more than a ConfigMap holds. */
async function genericOf(plan: K6Plan, bodies: Readonly<Record<string, Buffer>>, { memory, parallelism }: ExportFlags): Promise<GenericTest | null> {
  if (plan.parts.length === 0) return null;
  const files = { ...(await scriptTexts()), ...planTexts(plan) };
  checkConfigMap({ files, binaryFiles: bodies });
  return { files, binaryFiles: bodies, memory: memory ?? memoryFor(plan, parallelism), runMs: testMs(plan) };
}

/** For k6 itself, and for the virtual users of one pod. */
function memoryFor(plan: K6Plan, parallelism: number): string {
  const users = Math.max(1, ...Object.values(plan.options['scenarios'] as Record<string, { maxVUs?: number; vus?: number }>).map(({ maxVUs, vus }) => maxVUs ?? vus ?? 1));
  return `${256 * Math.ceil((256 + (2 * users) / parallelism) / 256)}Mi`;
}

/** The manifests are files that people share: credentials have no place in them. */
function prometheusOf({ prometheus: text, prometheusCidr }: ExportFlags): ExportOptions['prometheus'] {
  if (text === undefined) {
    if (prometheusCidr === undefined) return null;
    throw new BenchError(EXIT.usage, '--prometheus-cidr is of no use without --prometheus', { hint: 'Give the remote write endpoint with --prometheus, or leave both out.' });
  }
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) throw new BenchError(EXIT.usage, `--prometheus ${text} is no http(s) URL`, { hint: 'Give the remote write endpoint as pods reach it: http://prometheus.monitoring.svc:9090/api/v1/write' });
  const { username, password } = new URL(text);
  if (username !== '' || password !== '') throw new BenchError(EXIT.usage, '--prometheus has credentials in it, which would stand in a manifest', { hint: 'Leave them out: the README of the export says which Secret holds them.' });
  return { url: text, reach: prometheusReach(new URL(text), prometheusCidr ?? []) };
}

/** Files by folder and name below a folder that is new or empty. Throws a BenchError (2), and leaves nothing of it then. */
async function writeFolder(folder: string, below: Readonly<Record<string, Readonly<Record<string, string | Buffer>>>>): Promise<void> {
  let [isNew, there]: [boolean, string[]] = [false, []];
  try {
    isNew = await makeFolders(folder);
    there = await readdir(folder);
  } catch (error) {
    throw cannotWrite(folder, '--dir DIR', error);
  }
  if (there.length > 0) throw new BenchError(EXIT.usage, `${folder} is not empty`, { hint: 'Give another folder with --dir: files of an earlier export must not be mixed with those of this one.' });
  try {
    for (const [name, files] of Object.entries(below)) {
      await makeFolders(join(folder, name));
      for (const [file, content] of Object.entries(files)) await writeFile(join(folder, name, file), content);
    }
  } catch (error) {
    // Half a test must not be applied.
    for (const name of isNew ? [''] : await readdir(folder)) await rm(join(folder, name), { recursive: true, force: true }).catch(() => undefined);
    throw cannotWrite(folder, '--dir DIR', error);
  }
}
