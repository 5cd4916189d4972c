import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { findK6 } from '../../../src/host/k6-tool.ts';
import { startProcess, type ProcessResult } from '../../../src/host/processes.ts';
import { sequenceOf } from '../../../src/k6/command.ts';

interface ConfigMap {
  kind: 'ConfigMap';
  metadata: { name: string };
  data?: Record<string, string>;
  binaryData?: Record<string, string>;
}

interface TestRun {
  kind: 'TestRun';
  metadata: { name: string };
  spec: { parallelism: number; arguments: string; script: { configMap: { name: string; file: string } }; runner: { env: { name: string; value?: string }[]; volumeMounts?: { mountPath: string }[] } };
}

/** A cluster of one machine. */
export interface Cluster {
  /** For what pods mount and write. */
  folder: string;
  /** What its Secrets hold. */
  secrets: Readonly<Record<string, string>>;
  /** Addresses of services, and where they are here. */
  services: readonly (readonly [string, string])[];
}

/**
 * What the k6 operator and Kubernetes make of an exported folder, with the real k6: ConfigMaps as files, for each TestRun its pods at once, each
 * with its segment, tags and environment (k6-operator v1, pkg/resources/jobs/runner.go). Paused starts are left out. Returns how each pod ended.
 */
export async function asOperator(exported: string, { folder, secrets, services }: Cluster): Promise<{ pods: ProcessResult[]; results: string[] }> {
  const manifests = readdirSync(exported).filter((name) => name.endsWith('.yaml')).toSorted().flatMap((name) => parseAllDocuments(readFileSync(join(exported, name), 'utf8')).map((each) => each.toJS() as ConfigMap | TestRun | { kind: '' }));
  const here = (text: string): string => services.reduce((all, [there, local]) => all.replaceAll(there, local), text);
  for (const each of manifests) {
    if (each.kind !== 'ConfigMap') continue;
    const mounted = join(folder, each.metadata.name);
    mkdirSync(mounted, { recursive: true });
    for (const [name, text] of Object.entries(each.data ?? {})) writeFileSync(join(mounted, name), here(text));
    for (const [name, content] of Object.entries(each.binaryData ?? {})) writeFileSync(join(mounted, name), Buffer.from(content, 'base64'));
  }
  const results = join(folder, 'results');
  mkdirSync(results, { recursive: true });
  const { path } = await findK6(process.env);
  const pods: ProcessResult[] = [];
  for (const each of manifests) {
    if (each.kind !== 'TestRun') continue;
    const { name } = each.metadata;
    const { parallelism, script, runner, arguments: given } = each.spec;
    const bounds = sequenceOf(parallelism).split(',');
    const running = Array.from({ length: parallelism }, (_, index) => {
      const pod = `${name}-${index + 1}`;
      const value = (text: string): string => here(text).replaceAll('$(POD_NAME)', pod).replaceAll('/results/', `${results}/`);
      const env = { ...secrets, ...Object.fromEntries(runner.env.map(({ name: variable, value: said }) => [variable, said === undefined ? pod : value(said)])) };
      const segment = parallelism === 1 ? [] : [`--execution-segment=${bounds[index]}:${bounds[index + 1]}`, `--execution-segment-sequence=${bounds.join(',')}`];
      return startProcess(path, ['run', '--quiet', ...segment, join(folder, script.configMap.name, script.configMap.file), '--address=', ...given.split(' ').map(value), '--tag', `instance_id=${index + 1}`, '--tag', `testrun_name=${name}`], { cwd: folder, env, timeoutMs: 120_000 });
    });
    pods.push(...(await Promise.all(running.map(({ exited }) => exited))));
  }
  return { pods, results: readdirSync(results).toSorted().map((name) => join(results, name)) };
}
