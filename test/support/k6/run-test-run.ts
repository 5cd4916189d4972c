import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

interface Variable {
  name: string;
  value?: string;
  valueFrom?: { fieldRef?: { fieldPath: string }; secretKeyRef?: { name: string; key: string } };
}

interface Pod {
  env: Variable[];
  envFrom?: { secretRef: { name: string } }[];
}

interface TestRun {
  metadata: { name: string };
  spec: { parallelism: number; arguments: string; script: { configMap: { name: string; file: string } }; initializer: Pod; runner: Pod };
}

interface ConfigMap {
  metadata: { name: string };
  data: Record<string, string>;
  binaryData?: Record<string, string>;
}

export interface Kubernetes {
  k6: string;
  /** What kubectl applies. */
  folder: string;
  /** Where volumes and mounts are. */
  disk: string;
  secrets: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Of every pod, beside its own. */
  env: Readonly<Record<string, string>>;
}

/** What the k6 operator makes of a TestRun, without a cluster: its initializer's command, then its runners' all at once. Returns the files of the results. */
export async function runTestRun(cluster: Kubernetes, testRun: string, configMap: string): Promise<string[]> {
  const { metadata: { name }, spec } = parse(readFileSync(join(cluster.folder, testRun), 'utf8')) as TestRun;
  const mounted = mount(cluster, parse(readFileSync(join(cluster.folder, configMap), 'utf8')) as ConfigMap, spec.script.configMap.name);
  const script = join(mounted, spec.script.configMap.file);
  const results = join(cluster.disk, 'results');
  mkdirSync(results, { recursive: true });

  const initial = variablesOf(spec.initializer, `${name}-initializer`, cluster);
  const archive = join(cluster.disk, `${name}.tar`);
  const wanted = spec.arguments.replace(/--out \S+/, '').split(' ').filter((each) => each !== '');
  await run(cluster.k6, ['archive', script, ...spec.initializer.env.flatMap((each) => ['-e', `${each.name}=${initial[each.name] ?? ''}`]), '-O', archive, ...wanted], { ...cluster.env, ...initial });
  await run(cluster.k6, ['inspect', '--execution-requirements', archive], {});

  const pods = Array.from({ length: spec.parallelism }, (_, index) => ({ index, pod: `${name}-${index}-abcde` }));
  const bound = (index: number): string => (index === 0 ? '0' : index === spec.parallelism ? '1' : `${index}/${spec.parallelism}`);
  const sequence = Array.from({ length: spec.parallelism + 1 }, (_, index) => bound(index)).join(',');
  await Promise.all(
    pods.map(({ index, pod }) => {
      const env = variablesOf(spec.runner, pod, cluster);
      const own = expanded(spec.arguments, env).replaceAll('/results/', `${results}/`).split(' ');
      return run(cluster.k6, ['run', '--quiet', '--execution-segment', `${bound(index)}:${bound(index + 1)}`, '--execution-segment-sequence', sequence, ...own, script, '--address', '', '--tag', `instance_id=${index}`, '--tag', `testrun_name=${name}`], { ...cluster.env, ...env });
    }),
  );
  return pods.map(({ pod }) => join(results, `${pod}.ndjson.gz`));
}

function mount({ disk }: Kubernetes, { metadata, data, binaryData = {} }: ConfigMap, name: string): string {
  if (metadata.name !== name) throw new Error(`the TestRun wants ConfigMap ${name}, which is ${metadata.name}`);
  const folder = join(disk, 'mounted', name);
  mkdirSync(folder, { recursive: true });
  for (const [key, text] of Object.entries(data)) writeFileSync(join(folder, key), text);
  for (const [key, base64] of Object.entries(binaryData)) writeFileSync(join(folder, key), Buffer.from(base64, 'base64'));
  return folder;
}

function variablesOf({ env, envFrom = [] }: Pod, pod: string, { secrets }: Kubernetes): Record<string, string> {
  const known: Record<string, string> = {};
  for (const { name, value, valueFrom } of env) known[name] = value === undefined ? (valueFrom?.secretKeyRef === undefined ? pod : secrets[valueFrom.secretKeyRef.name]![valueFrom.secretKeyRef.key]!) : expanded(value, known);
  return { ...Object.assign({}, ...envFrom.map(({ secretRef }) => secrets[secretRef.name])), ...known } as Record<string, string>;
}

/** `$(NAME)` of a known variable, `$$` for a plain one. */
function expanded(text: string, known: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\$|\$\((\w+)\)/g, (whole, name: string | undefined) => (name === undefined ? '$' : (known[name] ?? whole)));
}

function run(k6: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<void> {
  const child = spawn(k6, args, { env: { PATH: process.env['PATH'], ...env }, stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`k6 ${args.join(' ')} ended with ${code}: ${stderr}`))));
  });
}
