import type { Json } from '../../load/json-pointer.ts';
import { prometheusSecretName, resultsName, secretName } from './names.ts';
import { metadata, runners, type ExportOptions, type Manifest } from './options.ts';
import { containerSecurity, podSecurity, RESULTS } from './pods.ts';

/** The object that the k6 operator makes pods of. */
export function testRun(options: ExportOptions): Manifest {
  const { name, parallelism, image, starterImage, cpu, memory, secrets, script, prometheus, planId } = options;
  const quiet: Json[] = [{ name: 'K6_NO_USAGE_REPORT', value: 'true' }, { name: 'K6_AUTO_EXTENSION_RESOLUTION', value: 'false' }];
  const remoteWrite: Json[] =
    prometheus === null
      ? []
      : [
          { name: 'K6_PROMETHEUS_RW_SERVER_URL', value: prometheus.url },
          { name: 'K6_PROMETHEUS_RW_TREND_AS_NATIVE_HISTOGRAM', value: 'true' },
        ];
  const secret: Json[] = secrets.length === 0 ? [] : [{ secretRef: { name: secretName(name) } }];
  // Credentials of the server, where it wants any, in k6's own variables.
  const store: Json[] = prometheus === null ? [] : [{ secretRef: { name: prometheusSecretName(name), optional: true } }];
  const from = (sources: Json[]): Record<string, Json> => (sources.length === 0 ? {} : { envFrom: sources });
  const output = prometheus === null ? `--out json=${RESULTS}/$(POD_NAME).ndjson.gz` : `--tag plan=${planId} --out experimental-prometheus-rw`;
  const volume = { volumes: [{ name: 'results', persistentVolumeClaim: { claimName: resultsName(name) } }], volumeMounts: [{ name: 'results', mountPath: RESULTS }] };
  const pod = { image, securityContext: podSecurity, containerSecurityContext: containerSecurity, automountServiceAccountToken: 'false' };
  return {
    apiVersion: 'k6.io/v1alpha1',
    kind: 'TestRun',
    metadata: metadata(options),
    spec: {
      parallelism,
      script: { configMap: { name, file: script } },
      // Thresholds would be judged on the samples of one pod.
      arguments: `--no-thresholds ${output}`,
      quiet: 'true',
      initializer: { ...pod, env: quiet, ...from(secret), resources: { requests: { cpu: '100m', memory: '256Mi' }, limits: { memory: '512Mi' } } },
      starter: { ...pod, image: starterImage },
      runner: {
        ...pod,
        env: [{ name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }, ...quiet, ...remoteWrite],
        ...from([...secret, ...store]),
        resources: { requests: { cpu, memory }, limits: { cpu, memory } },
        topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway', labelSelector: { matchLabels: runners(name) } }],
        ...(prometheus === null ? volume : {}),
      },
    },
  };
}
