import { describe, expect, it } from 'vitest';
import { cidr, dnsLabel, kubernetesQuantity, pinnedImage, podLabels } from '../../../src/cli/kubernetes-values.ts';

describe('options of the export', () => {
  it.each(['10.0.0.0/24', '203.0.113.10/32', '2001:db8::/64', '::1/128'])('%s is a network', (text) => {
    expect(cidr(text)).toEqual([text]);
    expect(cidr(text, ['192.0.2.1/32'])).toEqual(['192.0.2.1/32', text]);
  });
  it.each(['10.0.0.0', '10.0.0/24', '10.0.0.0/33', '2001:db8::/129', 'api.example.com/32', '0.0.0.0/0', '::/0', '', '/24', '010.0.0.0/8'])('%j is none, or everything', (text) => {
    expect(() => cidr(text)).toThrow();
  });

  it.each(['grafana/k6:2.2.0', 'k6:2', 'registry.example.com:5000/team/k6:v2.2.0-alpine', `grafana/k6@sha256:${'a1'.repeat(32)}`, `grafana/k6:latest@sha256:${'a1'.repeat(32)}`, 'ghcr.io/grafana/k6-operator:starter-v1.6.0'])('%s is pinned', (text) => {
    expect(pinnedImage(text)).toBe(text);
  });
  it.each(['grafana/k6', 'grafana/k6:latest', 'grafana/k6:master', 'k6:2-latest', 'registry.example.com:5000/k6', 'ghcr.io/grafana/k6-operator:latest-starter', 'k6:', 'k6@sha256:abc', ''])('%j is not', (text) => {
    expect(() => pinnedImage(text)).toThrow(/version or digest/);
  });

  it('namespaces, labels and quantities are those of Kubernetes', () => {
    expect([dnsLabel('load-tests'), dnsLabel('a'.repeat(63))]).toEqual(['load-tests', 'a'.repeat(63)]);
    for (const wrong of ['Load', 'load_tests', '-load', 'load-', 'a.b', 'a'.repeat(64), '']) expect(() => dnsLabel(wrong)).toThrow(/63/);
    expect([podLabels('app=api'), podLabels('app.kubernetes.io/name=api, tier=')]).toEqual([{ app: 'api' }, { 'app.kubernetes.io/name': 'api', tier: '' }]);
    for (const wrong of ['app', 'app=a=b', '=api', 'app=-', 'app=api,', 'app!=api']) expect(() => podLabels(wrong)).toThrow(/app=api/);
    expect(['500m', '1', '1.5Gi', '2e'].map((text) => { try { return kubernetesQuantity(text); } catch { return null; } })).toEqual(['500m', '1', '1.5Gi', null]);
  });
});
