import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { manifests, type ExportOptions } from '../../../src/k6/export/manifests.ts';
import { readme } from '../../../src/k6/export/readme.ts';
import { placeholderOf, withSecretReferences } from '../../../src/k6/export/secrets.ts';
import { SCHEMAS } from '../../support/k6/kubernetes-schemas.ts';

const options: ExportOptions = {
  name: 'video-api',
  namespace: 'load',
  parallelism: 4,
  image: 'grafana/k6:2.2.0',
  cpu: '1',
  memory: '512Mi',
  storage: '20Gi',
  storageClass: null,
  secrets: ['API_TOKEN'],
  files: { 'scenario.ts': '…', 'plan.json': '{}' },
  binaryFiles: {},
  script: 'scenario.ts',
  target: { type: 'namespace', namespace: 'shop' },
  prometheusUrl: null,
  planId: 'plan-1',
};

const variants: [string, ExportOptions][] = [
  ['a service of the cluster', options],
  ['addresses outside, a storage class, a body', { ...options, target: { type: 'cidrs', cidrs: ['192.0.2.1/32'], port: 443 }, storageClass: 'nfs', binaryFiles: { 'body-0-clip.mp4': 'AAAA' }, secrets: [] }],
  ['remote write', { ...options, prometheusUrl: 'http://prometheus.monitoring.svc:9090/api/v1/write' }],
];

describe.each(variants)('manifests: %s', (_, given) => {
  const all = Object.values(manifests(given)).flat();
  it.each(all.map((each) => [each['kind'] as string, each] as const))('%s is as its schema says', (kind, manifest) => {
    const validate = new Ajv({ allErrors: true }).compile(SCHEMAS[kind]!);
    validate(manifest);
    expect(validate.errors ?? []).toEqual([]);
  });
});

describe('the test run', () => {
  const text = JSON.stringify(manifests(options));

  it('judges no threshold in a pod, pins its images, writes one file for each pod', () => {
    expect(manifests(options)['4-testrun.yaml']).toMatchObject([{ spec: { parallelism: 4, arguments: '--no-thresholds --out json=/results/$(POD_NAME).ndjson.gz', runner: { image: 'grafana/k6:2.2.0', envFrom: [{ secretRef: { name: 'video-api-secrets' } }] } } }]);
    expect(text).not.toMatch(/:latest/);
  });

  it('lets the runners reach the target and DNS alone', () => {
    const [policy] = manifests({ ...options, target: { type: 'cidrs', cidrs: ['192.0.2.1/32'], port: 8443 } })['3-networkpolicy.yaml']!;
    expect(policy).toMatchObject({ spec: { egress: [{ ports: [{ port: 53 }, { port: 53 }] }, { to: [{ ipBlock: { cidr: '192.0.2.1/32' } }], ports: [{ port: 8443 }] }] } });
  });

  it('has a README with the commands', () => {
    const text = readme(options, 'http://api.shop.svc:8080', 3);
    expect(text.match(/^ {4}(kubectl|bench) /gm)).toHaveLength(6);
    expect(text).toContain('bench k6 merge --plan . results/*.ndjson.gz');
    expect(text).toContain('create secret generic video-api-secrets --from-literal=API_TOKEN="$API_TOKEN"');
  });
});

describe('secrets', () => {
  it('become references where the script can put them in, wherever they stand', () => {
    const token = placeholderOf('TOKEN');
    const step = { path: `/x?key=${token}`, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: { type: 'text', text: [`{"a":"${token}","id":`, { ref: 'id', as: 'json' }, '}'] } };
    expect(withSecretReferences(step)).toEqual({
      path: ['/x?key=', { ref: 'secret.TOKEN', as: 'path' }],
      headers: { authorization: ['Bearer ', { ref: 'secret.TOKEN', as: 'text' }], 'content-type': 'application/json' },
      body: { type: 'text', text: ['{"a":"', { ref: 'secret.TOKEN', as: 'json-text' }, '","id":', { ref: 'id', as: 'json' }, '}'] },
    });
  });
});
