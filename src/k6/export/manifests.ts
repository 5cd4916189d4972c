import { isIP } from 'node:net';
import type { Json } from '../../load/json-pointer.ts';

/** What the manifests of a test need to know. */
export interface ExportOptions {
  /** Of everything: DNS label. */
  name: string;
  namespace: string;
  parallelism: number;
  image: string;
  cpu: string;
  memory: string;
  storage: string;
  storageClass: string | null;
  /** Environment variables that a Secret of this name holds; empty: none is needed. */
  secrets: readonly string[];
  /** Text files of the ConfigMap by name, and binary ones in base64. */
  files: Readonly<Record<string, string>>;
  binaryFiles: Readonly<Record<string, string>>;
  script: string;
  target: TargetRule;
  /** Samples go there as native histograms; null: to files on a volume. */
  prometheusUrl: string | null;
  /** Of the plan: what is in Prometheus is told apart by it. */
  planId: string;
}

/** What the runners may reach besides DNS. */
export type TargetRule = { type: 'namespace'; namespace: string } | { type: 'cidrs'; cidrs: readonly string[]; port: number };

type Manifest = Record<string, Json>;

/** The user k6's image runs as. */
const K6_USER = 12_345;
const RESULTS = '/results';
const COLLECTOR_IMAGE = 'busybox:1.37.0';
const UPLOAD_IMAGE = 'rclone/rclone:1.70.3';

/** Every manifest by file name, in the order they are applied. Pure. */
export function manifests(options: ExportOptions): Record<string, Manifest[]> {
  const files = options.prometheusUrl === null;
  return {
    '1-configmap.yaml': [configMap(options)],
    ...(files ? { '2-results.yaml': [claim(options)] } : {}),
    '3-networkpolicy.yaml': [networkPolicy(options)],
    '4-testrun.yaml': [testRun(options)],
    ...(files ? { 'collect.yaml': [collector(options)], 'upload.yaml': [upload(options)] } : {}),
  };
}

export const secretName = (name: string): string => `${name}-secrets`;
export const prometheusSecretName = (name: string): string => `${name}-prometheus`;
const resultsName = (name: string): string => `${name}-results`;
const labels = (name: string): Record<string, string> => ({ 'app.kubernetes.io/name': 'readybench-k6', 'app.kubernetes.io/instance': name });
const metadata = ({ name, namespace }: ExportOptions, own = name): Manifest => ({ name: own, namespace, labels: labels(name) });

function configMap(options: ExportOptions): Manifest {
  const binary = Object.keys(options.binaryFiles).length === 0 ? {} : { binaryData: { ...options.binaryFiles } };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata(options), data: { ...options.files }, ...binary };
}

function claim(options: ExportOptions): Manifest {
  const storageClassName = options.storageClass === null ? {} : { storageClassName: options.storageClass };
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: metadata(options, resultsName(options.name)),
    // All pods write their own file to one volume.
    spec: { accessModes: ['ReadWriteMany'], ...storageClassName, resources: { requests: { storage: options.storage } } },
  };
}

function networkPolicy(options: ExportOptions): Manifest {
  const { name, target } = options;
  const dns = { to: [{ namespaceSelector: {} }], ports: [{ protocol: 'UDP', port: 53 }, { protocol: 'TCP', port: 53 }] };
  const toTarget =
    target.type === 'namespace'
      ? { to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': target.namespace } } }] }
      : { to: target.cidrs.map((cidr) => ({ ipBlock: { cidr } })), ports: [{ protocol: 'TCP', port: target.port }] };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadata(options),
    spec: {
      podSelector: { matchLabels: { app: 'k6', k6_cr: name, runner: 'true' } },
      policyTypes: ['Ingress', 'Egress'],
      // The operator and its starter begin the test through k6's API.
      ingress: [{ from: [{ podSelector: { matchLabels: { app: 'k6', k6_cr: name } } }, { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'k6-operator-system' } } }], ports: [{ protocol: 'TCP', port: 6565 }] }],
      egress: [dns, toTarget, ...prometheusEgress(options)],
    },
  };
}

function prometheusEgress({ prometheusUrl }: ExportOptions): Manifest[] {
  if (prometheusUrl === null) return [];
  const url = new URL(prometheusUrl);
  const ports = [{ protocol: 'TCP', port: Number(url.port) || (url.protocol === 'https:' ? 443 : 80) }];
  const namespace = /^[a-z0-9-]+\.([a-z0-9-]+)\.svc(\.|$)/.exec(url.hostname)?.[1];
  if (namespace !== undefined) return [{ to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } }], ports }];
  const address = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const family = isIP(address);
  // A policy knows no names: what is neither a service of the cluster nor an address is let through by its port.
  return [{ ...(family === 0 ? {} : { to: [{ ipBlock: { cidr: `${address}/${family === 4 ? 32 : 128}` } }] }), ports }];
}

function testRun(options: ExportOptions): Manifest {
  const { name, parallelism, image, cpu, memory, secrets, script, prometheusUrl, planId } = options;
  const securityContext = { runAsNonRoot: true, runAsUser: K6_USER, runAsGroup: K6_USER, fsGroup: K6_USER, seccompProfile: { type: 'RuntimeDefault' } };
  const containerSecurityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
  const quiet: Json[] = [{ name: 'K6_NO_USAGE_REPORT', value: 'true' }, { name: 'K6_AUTO_EXTENSION_RESOLUTION', value: 'false' }];
  const remoteWrite: Json[] =
    prometheusUrl === null
      ? []
      : [
          { name: 'K6_PROMETHEUS_RW_SERVER_URL', value: prometheusUrl },
          { name: 'K6_PROMETHEUS_RW_TREND_AS_NATIVE_HISTOGRAM', value: 'true' },
        ];
  const secret: Json[] = secrets.length === 0 ? [] : [{ secretRef: { name: secretName(name) } }];
  // Credentials of the server, where it wants any, in k6's own variables.
  const store: Json[] = prometheusUrl === null ? [] : [{ secretRef: { name: prometheusSecretName(name), optional: true } }];
  const from = (sources: Json[]): Record<string, Json> => (sources.length === 0 ? {} : { envFrom: sources });
  const output = prometheusUrl === null ? `--out json=${RESULTS}/$(POD_NAME).ndjson.gz` : `--tag plan=${planId} --out experimental-prometheus-rw`;
  const volume = { volumes: [{ name: 'results', persistentVolumeClaim: { claimName: resultsName(name) } }], volumeMounts: [{ name: 'results', mountPath: RESULTS }] };
  const pod = { image, securityContext, containerSecurityContext, automountServiceAccountToken: 'false' };
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
      starter: { securityContext: { runAsNonRoot: true, runAsUser: K6_USER, seccompProfile: { type: 'RuntimeDefault' } }, containerSecurityContext },
      runner: {
        ...pod,
        env: [{ name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }, ...quiet, ...remoteWrite],
        ...from([...secret, ...store]),
        resources: { requests: { cpu, memory }, limits: { cpu, memory } },
        topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway', labelSelector: { matchLabels: { app: 'k6', k6_cr: name, runner: 'true' } } }],
        ...(prometheusUrl === null ? volume : {}),
      },
    },
  };
}

const readerSecurity = { runAsNonRoot: true, runAsUser: K6_USER, runAsGroup: K6_USER, fsGroup: K6_USER, seccompProfile: { type: 'RuntimeDefault' } };
const containerSecurity = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
const smallResources = { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '256Mi' } };

/** A pod to copy the files from with kubectl cp. */
function collector(options: ExportOptions): Manifest {
  const { name } = options;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: metadata(options, `${name}-collect`),
    spec: {
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      securityContext: readerSecurity,
      containers: [{ name: 'collect', image: COLLECTOR_IMAGE, command: ['sleep', '3600'], resources: smallResources, securityContext: containerSecurity, volumeMounts: [{ name: 'results', mountPath: RESULTS, readOnly: true }] }],
      volumes: [{ name: 'results', persistentVolumeClaim: { claimName: resultsName(name) } }],
    },
  };
}

/** For an object store instead: everything it needs to know of it comes from a Secret. */
function upload(options: ExportOptions): Manifest {
  const { name } = options;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: metadata(options, `${name}-upload`),
    spec: {
      backoffLimit: 2,
      template: {
        metadata: { labels: labels(name) },
        spec: {
          restartPolicy: 'Never',
          automountServiceAccountToken: false,
          securityContext: readerSecurity,
          containers: [
            {
              name: 'upload',
              image: UPLOAD_IMAGE,
              // RCLONE_CONFIG_STORE_TYPE, …_ACCESS_KEY_ID and so on, and BUCKET, are in the Secret.
              args: ['copy', RESULTS, `store:$(BUCKET)/${name}`],
              envFrom: [{ secretRef: { name: `${name}-store` } }],
              resources: smallResources,
              securityContext: containerSecurity,
              volumeMounts: [{ name: 'results', mountPath: RESULTS, readOnly: true }],
            },
          ],
          volumes: [{ name: 'results', persistentVolumeClaim: { claimName: resultsName(name) } }],
        },
      },
    },
  };
}
