import { claim, collector, upload } from './collect.ts';
import { configMap } from './config-map.ts';
import { networkPolicy } from './network-policy.ts';
import type { ExportOptions, Manifest } from './options.ts';
import { testRun } from './test-run.ts';

/** Every manifest by file name, in the order they are applied. Pure. */
export function manifests(options: ExportOptions): Record<string, Manifest[]> {
  const files = options.prometheus === null;
  return {
    '1-configmap.yaml': [configMap(options)],
    ...(files ? { '2-results.yaml': [claim(options)] } : {}),
    '3-networkpolicy.yaml': [networkPolicy(options)],
    '4-testrun.yaml': [testRun(options)],
    ...(files ? { 'collect.yaml': [collector(options)], 'upload.yaml': [upload(options)] } : {}),
  };
}
