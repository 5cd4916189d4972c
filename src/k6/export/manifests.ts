import { claim, collector, upload } from './collect.ts';
import { configMap, scriptConfigMap } from './config-map.ts';
import { networkPolicy } from './network-policy.ts';
import type { ExportOptions, Manifest } from './options.ts';
import { scriptConfigMapFile, testRunFile } from './script-test.ts';
import { scriptTestRun, testRun } from './test-run.ts';

/** Every manifest by file name, in the order they are applied; the TestRuns of scripts one after the other. Pure. */
export function manifests(options: ExportOptions): Record<string, Manifest> {
  const { generic, scripts, prometheus } = options;
  const files = prometheus === null;
  return {
    ...(generic === null ? {} : { '1-configmap.yaml': configMap(options, generic) }),
    ...Object.fromEntries(scripts.map((script) => [scriptConfigMapFile(script.workload), scriptConfigMap(options, script)])),
    ...(files ? { '2-results.yaml': claim(options) } : {}),
    '3-networkpolicy.yaml': networkPolicy(options),
    ...(generic === null ? {} : { '4-testrun.yaml': testRun(options, generic) }),
    ...Object.fromEntries(scripts.flatMap((script) => script.runs.map((run) => [testRunFile(run), scriptTestRun(options, script, run)]))),
    ...(files ? { 'collect.yaml': collector(options), 'upload.yaml': upload(options) } : {}),
  };
}
