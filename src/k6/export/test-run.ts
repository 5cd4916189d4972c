import type { Json } from '../../load/json-pointer.ts';
import { K6_ENVIRONMENT } from '../command.ts';
import { SCRIPT } from '../script-files.ts';
import { prometheusSecretName, resultsName, secretName } from './names.ts';
import { metadata, type ExportOptions, type GenericTest, type Manifest } from './options.ts';
import { containerSecurity, podSecurity, RESULTS } from './pods.ts';
import { bytesOf } from './quantity.ts';
import { containerEnv, TEST_TAG, type ScriptTest } from './script-test.ts';

const TO_FILES = `--out json=${RESULTS}/$(POD_NAME).ndjson.gz`;

/** All of the generic script, in one TestRun. */
export function testRun(options: ExportOptions, { memory }: GenericTest): Manifest {
  const { name, secrets, prometheus, planId } = options;
  const secret: Json[] = secrets.length === 0 ? [] : [{ secretRef: { name: secretName(name) } }];
  if (prometheus === null) return ofOperator(options, { name, configMap: name, file: SCRIPT, output: TO_FILES, env: [], envOfRunner: [], secret, secretOfRunner: [], memory });
  const remoteWrite: Json[] = [
    { name: 'K6_PROMETHEUS_RW_SERVER_URL', value: prometheus.url },
    { name: 'K6_PROMETHEUS_RW_TREND_AS_NATIVE_HISTOGRAM', value: 'true' },
  ];
  // Credentials of the server, where it wants any, in k6's own variables.
  const store: Json[] = [{ secretRef: { name: prometheusSecretName(name), optional: true } }];
  return ofOperator(options, { name, configMap: name, file: SCRIPT, output: `--tag plan=${planId} --out experimental-prometheus-rw`, env: [], envOfRunner: remoteWrite, secret, secretOfRunner: store, memory });
}

/** A round of a script of a team's own. What it reads is the initializer's too, which only hands on what is listed. */
export function scriptTestRun(options: ExportOptions, test: ScriptTest, run: string): Manifest {
  const output = `--tag plan=${options.planId} --tag ${TEST_TAG}=${run} ${TO_FILES}`;
  return ofOperator(options, { name: run, configMap: test.name, file: test.script.entry, output, env: containerEnv(test.env, options.name), envOfRunner: [], secret: [], secretOfRunner: [], memory: options.scriptMemory });
}

interface Run {
  name: string;
  configMap: string;
  file: string;
  output: string;
  env: Json[];
  envOfRunner: Json[];
  secret: Json[];
  secretOfRunner: Json[];
  memory: string;
}

/** What Go's collector is to keep to of a pod's memory: beyond its limit the pod is ended. */
const HEAP_SHARE = 0.8;

/** The object that the k6 operator makes pods of. */
function ofOperator(options: ExportOptions, { name, configMap, file, output, env, envOfRunner, secret, secretOfRunner, memory }: Run): Manifest {
  const { parallelism, image, starterImage, cpu, prometheus } = options;
  const always: Json[] = Object.entries(K6_ENVIRONMENT).map(([key, value]) => ({ name: key, value }));
  const memoryLimit = { name: 'GOMEMLIMIT', value: String(Math.floor(HEAP_SHARE * bytesOf(memory))) };
  const from = (sources: Json[]): Record<string, Json> => (sources.length === 0 ? {} : { envFrom: sources });
  const volume = { volumes: [{ name: 'results', persistentVolumeClaim: { claimName: resultsName(options.name) } }], volumeMounts: [{ name: 'results', mountPath: RESULTS }] };
  const pod = { image, securityContext: podSecurity, containerSecurityContext: containerSecurity, automountServiceAccountToken: 'false' };
  return {
    apiVersion: 'k6.io/v1alpha1',
    kind: 'TestRun',
    metadata: metadata(options, name),
    spec: {
      parallelism,
      script: { configMap: { name: configMap, file } },
      // Thresholds would be judged on the samples of one pod.
      arguments: `--no-thresholds ${output}`,
      quiet: 'true',
      initializer: { ...pod, env: [...always, ...env], ...from(secret), resources: { requests: { cpu: '100m', memory: '256Mi' }, limits: { memory: '512Mi' } } },
      starter: { ...pod, image: starterImage },
      runner: {
        ...pod,
        env: [{ name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }, ...always, memoryLimit, ...env, ...envOfRunner],
        ...from([...secret, ...secretOfRunner]),
        resources: { requests: { cpu, memory }, limits: { cpu, memory } },
        topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway', labelSelector: { matchLabels: { app: 'k6', k6_cr: name, runner: 'true' } } }],
        ...(prometheus === null ? volume : {}),
      },
    },
  };
}
