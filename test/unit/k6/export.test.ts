import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { name as scenarioName } from '../../../src/fields.ts';
import { checkConfigMap } from '../../../src/k6/export/config-map.ts';
import { manifests } from '../../../src/k6/export/manifests.ts';
import { kubernetesName } from '../../../src/k6/export/names.ts';
import type { ExportOptions, GenericTest } from '../../../src/k6/export/options.ts';
import { prometheusReach } from '../../../src/k6/export/reach.ts';
import { readme } from '../../../src/k6/export/readme.ts';
import type { ScriptTest } from '../../../src/k6/export/script-test.ts';
import { placeholderOf } from '../../../src/k6/export/secrets.ts';
import { SCHEMAS } from '../../support/k6/kubernetes-schemas.ts';

const generic: GenericTest = { files: { 'scenario.ts': '…', 'plan.json': '{}' }, binaryFiles: {}, memory: '512Mi', runMs: 180_000 };
const options: ExportOptions = {
  name: 'video-api',
  namespace: 'load',
  parallelism: 4,
  image: 'grafana/k6:2.2.0',
  starterImage: 'ghcr.io/grafana/k6-operator:starter-v1.6.0',
  cpu: '1',
  storage: '20Gi',
  storageClass: null,
  secrets: ['API_TOKEN'],
  generic,
  scripts: [],
  scriptMemory: '1Gi',
  target: { type: 'pods', namespace: 'shop', labels: {}, port: 8080 },
  prometheus: null,
  asksDns: true,
  planId: 'plan-1',
};
const inCluster = 'http://prometheus.monitoring.svc:9090/api/v1/write';
const remoteWrite = (url: string, cidrs: string[] = []): ExportOptions => ({ ...options, prometheus: { url, reach: prometheusReach(new URL(url), cidrs) } });
const addresses: ExportOptions = { ...options, target: { type: 'addresses', cidrs: ['192.0.2.1/32'], port: 443 }, storageClass: 'nfs', generic: { ...generic, binaryFiles: { 'body-0-clip.mp4': Buffer.from('clip') } }, secrets: [], asksDns: false };

const scriptOf = (workload: string): ScriptTest => ({
  workload,
  name: `video-api-${workload}`,
  script: { entry: '0-browse.ts', files: { '0-browse.ts': '…' }, binaryFiles: { '1-clip.bin': Buffer.from('clip') } },
  env: { BASE_URL: 'http://api.shop.svc:8080', TOKEN: `Bearer ${placeholderOf('API_TOKEN')}` },
  runs: [`video-api-${workload}-1`, `video-api-${workload}-2`],
  runMs: 120_000,
});
const [browse, search] = [scriptOf('browse'), scriptOf('search')];

const variants: [string, ExportOptions][] = [
  ['a service of the cluster', options],
  ['pods of a service', { ...options, target: { type: 'pods', namespace: 'shop', labels: { app: 'api' }, port: 8080 } }],
  ['addresses outside, a storage class, a body', addresses],
  ['scripts beside the plan', { ...options, scripts: [browse, search] }],
  ['a script alone', { ...options, generic: null, scripts: [browse] }],
  ['remote write', remoteWrite(inCluster)],
  ['remote write elsewhere', remoteWrite('https://prometheus.example.com/api/v1/push', ['203.0.113.10/32'])],
];

const ajv = new Ajv({ allErrors: true });
const schemas = Object.fromEntries(Object.entries(SCHEMAS).map(([kind, schema]) => [kind, ajv.compile(schema)]));
function problems(kind: string, manifest: object): unknown[] {
  const validate = schemas[kind]!;
  validate(manifest);
  return validate.errors ?? [];
}

describe.each(variants)('manifests: %s', (_, given) => {
  const all = Object.values(manifests(given));
  it.each(all.map((each) => [each['kind'] as string, each] as const))('%s is as its schema says', (kind, manifest) => {
    expect(problems(kind, manifest)).toEqual([]);
  });

  it('every pod has its image, with a version', () => {
    const images = imagesIn(all);
    expect(images.every((image) => /:(starter-v)?\d+\.\d+\.\d+$/.test(image))).toBe(true);
    // What the operator starts without an image is whatever was released last.
    const specs = all.filter(({ kind }) => kind === 'TestRun').map(({ spec }) => spec as Record<string, { image?: string }>);
    for (const spec of specs) expect([spec['initializer']?.image, spec['starter']?.image, spec['runner']?.image]).toEqual([given.image, given.starterImage, given.image]);
    expect(images).toHaveLength(3 * specs.length + (given.prometheus === null ? 2 : 0));
    expect(specs).toHaveLength((given.generic === null ? 0 : 1) + 2 * given.scripts.length);
  });

  it('its README says every address, namespace and port of the policy', () => {
    const text = readme(given, 'http://api.shop.svc:8080');
    const { egress } = policyOf(given);
    for (const port of egress.flatMap(({ ports }) => ports)) expect(text).toContain(`${port.port}`);
    for (const { namespaceSelector, podSelector, ipBlock } of egress.flatMap(({ to }) => to)) {
      if (ipBlock !== undefined) expect(text).toContain(ipBlock.cidr);
      if (namespaceSelector !== undefined) expect(text).toContain(`\`${namespaceSelector.matchLabels['kubernetes.io/metadata.name']}\``);
      for (const [key, value] of Object.entries(podSelector?.matchLabels ?? {})) expect(text).toContain(`${key}=${value}`);
    }
  });
});

function imagesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]: [string, unknown]) => (key === 'image' && typeof each === 'string' ? [each] : imagesIn(each)));
}

interface Selector {
  matchLabels: Record<string, string>;
}
interface Policy {
  podSelector: Selector;
  policyTypes: string[];
  egress: { to: { namespaceSelector?: Selector; podSelector?: Selector; ipBlock?: { cidr: string } }[]; ports: { protocol: string; port: number }[] }[];
}
const policyOf = (given: ExportOptions): Policy => manifests(given)['3-networkpolicy.yaml']!['spec'] as unknown as Policy;
const namespace = (name: string): Selector => ({ matchLabels: { 'kubernetes.io/metadata.name': name } });

describe('the network policy', () => {
  const dns = {
    to: [{ namespaceSelector: namespace('kube-system'), podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } }, { ipBlock: { cidr: '169.254.20.10/32' } }],
    ports: [{ protocol: 'UDP', port: 53 }, { protocol: 'TCP', port: 53 }],
  };

  it('lets the runners reach the target at its port and the cluster’s DNS alone', () => {
    expect(policyOf(options)).toMatchObject({ podSelector: { matchLabels: { app: 'k6', runner: 'true' }, matchExpressions: [{ key: 'k6_cr', operator: 'In', values: ['video-api'] }] }, policyTypes: ['Ingress', 'Egress'] });
    expect(policyOf(options).egress).toEqual([dns, { to: [{ namespaceSelector: namespace('shop') }], ports: [{ protocol: 'TCP', port: 8080 }] }]);
  });

  it('the pods with a label alone, where they are named', () => {
    expect(policyOf({ ...options, target: { type: 'pods', namespace: 'shop', labels: { app: 'api' }, port: 3000 } }).egress[1]).toEqual({ to: [{ namespaceSelector: namespace('shop'), podSelector: { matchLabels: { app: 'api' } } }], ports: [{ protocol: 'TCP', port: 3000 }] });
  });

  it('no DNS where nothing is looked up', () => {
    expect(policyOf(addresses).egress).toEqual([{ to: [{ ipBlock: { cidr: '192.0.2.1/32' } }], ports: [{ protocol: 'TCP', port: 443 }] }]);
  });

  it('Prometheus by its namespace or its addresses, never by its port alone', () => {
    const opened = (given: ExportOptions): unknown => policyOf(given).egress.at(-1);
    expect(opened(remoteWrite(inCluster))).toEqual({ to: [{ namespaceSelector: namespace('monitoring') }], ports: [{ protocol: 'TCP', port: 9090 }] });
    expect(opened(remoteWrite('http://[2001:db8::1]:9090/api/v1/write'))).toEqual({ to: [{ ipBlock: { cidr: '2001:db8::1/128' } }], ports: [{ protocol: 'TCP', port: 9090 }] });
    expect(opened(remoteWrite('https://prometheus.example.com/push', ['203.0.113.10/32']))).toEqual({ to: [{ ipBlock: { cidr: '203.0.113.10/32' } }], ports: [{ protocol: 'TCP', port: 443 }] });
    expect(() => prometheusReach(new URL('https://prometheus.example.com/push'), [])).toThrow(expect.objectContaining({ exitCode: 2, hint: expect.stringContaining('--prometheus-cidr') as string }) as Error);
  });
});

describe('the test run', () => {
  it('judges no threshold in a pod, writes one file for each pod', () => {
    expect(manifests(options)['4-testrun.yaml']).toMatchObject({ spec: { parallelism: 4, arguments: '--no-thresholds --out json=/results/$(POD_NAME).ndjson.gz', runner: { envFrom: [{ secretRef: { name: 'video-api-secrets' } }] } } });
  });

  it('has a README with the commands, applied by the server: an annotation of the client would hold too little', () => {
    const text = readme(options, 'http://api.shop.svc:8080');
    expect(text.match(/^ {4}(kubectl|bench) /gm)).toHaveLength(6);
    expect(text.match(/kubectl apply.{32}/g)).toEqual(Array(2).fill('kubectl apply --server-side --force-conflicts'));
    expect(text).toContain('bench k6 merge --plan . results/*.ndjson.gz');
    expect(text).toContain('create secret generic video-api-secrets --from-literal=API_TOKEN="$API_TOKEN"');
  });
});

describe('scripts of a team’s own', () => {
  const given = { ...options, scripts: [browse, search] };
  it('run one after the other, round by round, in pods that the policy knows, their points told apart', () => {
    expect(Object.keys(manifests(given))).toEqual(['1-configmap.yaml', '1-configmap-browse.yaml', '1-configmap-search.yaml', '2-results.yaml', '3-networkpolicy.yaml', '4-testrun.yaml', 'testrun-video-api-browse-1.yaml', 'testrun-video-api-browse-2.yaml', 'testrun-video-api-search-1.yaml', 'testrun-video-api-search-2.yaml', 'collect.yaml', 'upload.yaml']);
    const text = readme(given, 'http://api.shop.svc:8080');
    expect(text).toContain('for test in video-api-browse-1 video-api-search-1 video-api-browse-2 video-api-search-2; do kubectl apply --server-side --force-conflicts -f testrun-$test.yaml && kubectl -n load wait testrun/$test');
    expect(text).toContain('takes about 11 min');
    expect(policyOf(given).podSelector).toMatchObject({ matchExpressions: [{ values: ['video-api', 'video-api-browse-1', 'video-api-search-1', 'video-api-browse-2', 'video-api-search-2'] }] });
    const env = [{ name: 'BENCH_SECRET_API_TOKEN', valueFrom: { secretKeyRef: { name: 'video-api-secrets', key: 'API_TOKEN' } } }, { name: 'BASE_URL', value: 'http://api.shop.svc:8080' }, { name: 'TOKEN', value: 'Bearer $(BENCH_SECRET_API_TOKEN)' }];
    expect(manifests(given)['testrun-video-api-browse-2.yaml']).toMatchObject({
      spec: {
        script: { configMap: { name: 'video-api-browse', file: '0-browse.ts' } },
        arguments: '--no-thresholds --tag plan=plan-1 --tag bench_test=video-api-browse-2 --out json=/results/$(POD_NAME).ndjson.gz',
        initializer: { env: expect.arrayContaining(env) as unknown },
        runner: { env: expect.arrayContaining([...env, { name: 'GOGC', value: '1000' }, { name: 'GOMEMLIMIT', value: String(Math.floor(0.8 * 1024 ** 3)) }]) as unknown, resources: { limits: { memory: '1Gi' } }, volumes: [{ persistentVolumeClaim: { claimName: 'video-api-results' } }] },
      },
    });
  });
});

describe('a ConfigMap', () => {
  const names = 'plan.json'.length + 'body-0-a.bin'.length;
  it('holds 1 MiB, names included, bodies as they are', () => {
    expect(() => checkConfigMap({ files: { 'plan.json': 'x'.repeat(548_576 - names) }, binaryFiles: { 'body-0-a.bin': Buffer.alloc(500_000) } })).not.toThrow();
    expect(() => checkConfigMap({ files: { 'plan.json': 'x'.repeat(548_577 - names) }, binaryFiles: { 'body-0-a.bin': Buffer.alloc(500_000) } })).toThrow(
      expect.objectContaining({ exitCode: 2, message: 'script, plan, data and bodies have 1048577 bytes, of which a ConfigMap holds 1048576; the largest is plan.json with 548556', hint: expect.stringContaining('--filter') as string }) as Error,
    );
    expect(() => checkConfigMap({ files: { 'plan.json': 'ü'.repeat(524_288) }, binaryFiles: {} })).toThrow(/plan.json/);
  });
});

describe('names', () => {
  const valid = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,63}$/).filter((text) => scenarioName.safeParse(text).success);
  const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

  it('of any scenario are names of Kubernetes, with all that is appended to them', () => {
    fc.assert(
      fc.property(valid, (scenario) => {
        const name = kubernetesName(scenario);
        // A Service's begins with a letter.
        expect(name).toMatch(/^[a-z]/);
        for (const appended of ['', '-initializer', '-service-999', '-starter', '-999', '-secrets', '-prometheus', '-results', '-collect', '-upload', '-store']) {
          expect(`${name}${appended}`).toMatch(label);
          expect(`${name}${appended}`.length).toBeLessThanOrEqual(63);
        }
        for (const manifest of Object.values(manifests({ ...options, name }))) expect(problems(manifest['kind'] as string, manifest)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('of two scenarios differ, and stay what they were where they can', () => {
    fc.assert(fc.property(valid, valid, (a, b) => (a === b) === (kubernetesName(a) === kubernetesName(b))));
    const long = 'a'.repeat(64);
    expect([kubernetesName('video-api'), kubernetesName('api-'), kubernetesName('4k'), kubernetesName(long)]).toEqual(['video-api', expect.stringMatching(/^api-[0-9a-f]{8}$/), expect.stringMatching(/^k6-4k-[0-9a-f]{8}$/), expect.stringMatching(/^a{42}-[0-9a-f]{8}$/)]);
    expect(kubernetesName(`${long.slice(1)}b`)).not.toBe(kubernetesName(long));
  });
});
