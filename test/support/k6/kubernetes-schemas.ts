/**
 * The fields of Kubernetes' and the k6 operator's objects that the export uses, as JSON Schemas, written from their documentation
 * (kubernetes.io/docs/reference/kubernetes-api, k6.io_testruns CRD of k6-operator 1.x). Unknown fields are errors.
 */
const object = (properties: object, required: string[] = []) => ({ type: 'object', properties, required, additionalProperties: false });
const string = { type: 'string' };
const dnsName = { type: 'string', pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$', maxLength: 63 };
const strings = { type: 'object', additionalProperties: string };
const list = (items: object) => ({ type: 'array', items });
const quantity = { type: 'string', pattern: '^\\d+(\\.\\d+)?(m|[KMGT]i?)?$' };
const bool = { type: 'boolean' };
const integer = { type: 'integer' };

const metadata = object({ name: dnsName, namespace: dnsName, labels: { type: 'object', additionalProperties: { type: 'string', pattern: '^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$', maxLength: 63 } } }, ['name', 'namespace']);
const selector = object({ matchLabels: strings, matchExpressions: list(object({ key: string, operator: { enum: ['In', 'NotIn', 'Exists', 'DoesNotExist'] }, values: list(string) }, ['key', 'operator'])) });
const resources = object({ requests: object({ cpu: quantity, memory: quantity, storage: quantity }), limits: object({ cpu: quantity, memory: quantity }) });
const podSecurity = object({ runAsNonRoot: bool, runAsUser: integer, runAsGroup: integer, fsGroup: integer, seccompProfile: object({ type: { enum: ['RuntimeDefault'] } }, ['type']) });
const containerSecurity = object({ allowPrivilegeEscalation: bool, capabilities: object({ drop: list(string) }) });
const env = object({ name: { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_]*$' }, value: string, valueFrom: object({ fieldRef: object({ fieldPath: string }, ['fieldPath']), secretKeyRef: object({ name: dnsName, key: string, optional: bool }, ['name', 'key']) }) }, ['name']);
const envFrom = object({ secretRef: object({ name: dnsName, optional: bool }, ['name']) });
const mount = object({ name: dnsName, mountPath: string, readOnly: bool }, ['name', 'mountPath']);
const volume = object({ name: dnsName, persistentVolumeClaim: object({ claimName: dnsName }, ['claimName']) }, ['name']);
const pinned = { type: 'string', pattern: ':(starter-v)?[0-9][\\w.-]*$' };
const container = object({ name: dnsName, image: pinned, command: list(string), args: list(string), env: list(env), envFrom: list(envFrom), resources, securityContext: containerSecurity, volumeMounts: list(mount) }, ['name', 'image']);
const podSpec = object({ restartPolicy: { enum: ['Never', 'OnFailure', 'Always'] }, automountServiceAccountToken: bool, securityContext: podSecurity, containers: { ...list(container), minItems: 1 }, volumes: list(volume) }, ['containers']);
const of = (apiVersion: string, kind: string, rest: object, required: string[]) => object({ apiVersion: { const: apiVersion }, kind: { const: kind }, metadata, ...rest }, ['apiVersion', 'kind', 'metadata', ...required]);

const k6Pod = object({
  image: pinned,
  env: list(env),
  envFrom: list(envFrom),
  resources,
  securityContext: podSecurity,
  containerSecurityContext: containerSecurity,
  // A string in the CRD.
  automountServiceAccountToken: { enum: ['true', 'false'] },
  topologySpreadConstraints: list(object({ maxSkew: { type: 'integer', minimum: 1 }, topologyKey: string, whenUnsatisfiable: { enum: ['DoNotSchedule', 'ScheduleAnyway'] }, labelSelector: selector }, ['maxSkew', 'topologyKey', 'whenUnsatisfiable'])),
  volumes: list(volume),
  volumeMounts: list(mount),
});

const port = object({ protocol: { enum: ['TCP', 'UDP', 'SCTP'] }, port: { type: 'integer', minimum: 1, maximum: 65_535 } });
const peer = object({ ipBlock: object({ cidr: { type: 'string', pattern: '/\\d+$' } }, ['cidr']), namespaceSelector: selector, podSelector: selector });

export const SCHEMAS: Readonly<Record<string, object>> = {
  ConfigMap: of('v1', 'ConfigMap', { data: { type: 'object', propertyNames: { pattern: '^[-._a-zA-Z0-9]+$' }, additionalProperties: string }, binaryData: { type: 'object', propertyNames: { pattern: '^[-._a-zA-Z0-9]+$' }, additionalProperties: { type: 'string', pattern: '^[A-Za-z0-9+/]*=*$' } } }, ['data']),
  PersistentVolumeClaim: of('v1', 'PersistentVolumeClaim', { spec: object({ accessModes: list({ enum: ['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany'] }), storageClassName: string, resources }, ['accessModes', 'resources']) }, ['spec']),
  Pod: of('v1', 'Pod', { spec: podSpec }, ['spec']),
  Job: of('batch/v1', 'Job', { spec: object({ backoffLimit: integer, template: object({ metadata: object({ labels: strings }), spec: podSpec }, ['spec']) }, ['template']) }, ['spec']),
  NetworkPolicy: of('networking.k8s.io/v1', 'NetworkPolicy', { spec: object({ podSelector: selector, policyTypes: list({ enum: ['Ingress', 'Egress'] }), ingress: list(object({ from: list(peer), ports: list(port) })), egress: list(object({ to: list(peer), ports: list(port) })) }, ['podSelector']) }, ['spec']),
  TestRun: of(
    'k6.io/v1alpha1',
    'TestRun',
    {
      spec: object(
        {
          parallelism: { type: 'integer', minimum: 1 },
          script: object({ configMap: object({ name: dnsName, file: string }, ['name']), volumeClaim: object({ name: dnsName, file: string, readOnly: bool }, ['name']), localFile: string }),
          separate: bool,
          arguments: string,
          quiet: { enum: ['true', 'false'] },
          paused: { enum: ['true', 'false'] },
          cleanup: { enum: ['post'] },
          initializer: k6Pod,
          starter: k6Pod,
          runner: k6Pod,
        },
        ['parallelism', 'script'],
      ),
    },
    ['spec'],
  ),
};
