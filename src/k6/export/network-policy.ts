import { metadata, testNames, type ExportOptions, type Manifest } from './options.ts';
import type { Reach } from './reach.ts';

const namespaceLabel = (namespace: string): Record<string, Record<string, string>> => ({ matchLabels: { 'kubernetes.io/metadata.name': namespace } });

const OPERATOR_NAMESPACE = 'k6-operator-system';
/** The cluster's DNS as kubeadm, GKE, EKS, AKS and k3s label it, and the address of NodeLocal DNSCache. */
const DNS = { namespace: 'kube-system', label: { 'k8s-app': 'kube-dns' }, cache: '169.254.20.10/32' };
const K6_API_PORT = 6_565;

/** Lets the runners reach the target, Prometheus where samples go there, and DNS where it is asked: nothing else. */
export function networkPolicy(options: ExportOptions): Manifest {
  const { target, prometheus, asksDns } = options;
  // The labels that the operator gives its pods.
  const ofTest = [{ key: 'k6_cr', operator: 'In', values: testNames(options) }];
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadata(options),
    spec: {
      podSelector: { matchLabels: { app: 'k6', runner: 'true' }, matchExpressions: ofTest },
      policyTypes: ['Ingress', 'Egress'],
      // The operator and its starter begin the test through k6's API.
      ingress: [{ from: [{ podSelector: { matchLabels: { app: 'k6' }, matchExpressions: ofTest } }, { namespaceSelector: namespaceLabel(OPERATOR_NAMESPACE) }], ports: [{ protocol: 'TCP', port: K6_API_PORT }] }],
      egress: [
        ...(asksDns ? [{ to: [{ namespaceSelector: namespaceLabel(DNS.namespace), podSelector: { matchLabels: DNS.label } }, { ipBlock: { cidr: DNS.cache } }], ports: [{ protocol: 'UDP', port: 53 }, { protocol: 'TCP', port: 53 }] }] : []),
        egressTo(target),
        ...(prometheus === null ? [] : [egressTo(prometheus.reach)]),
      ],
    },
  };
}

function egressTo(reach: Reach): Manifest {
  const to = reach.type === 'addresses' ? reach.cidrs.map((cidr) => ({ ipBlock: { cidr } })) : [{ namespaceSelector: namespaceLabel(reach.namespace), ...(Object.keys(reach.labels).length === 0 ? {} : { podSelector: { matchLabels: { ...reach.labels } } }) }];
  return { to, ports: [{ protocol: 'TCP', port: reach.port }] };
}

/** The same in words, a line each. */
export function letThrough({ target, prometheus, asksDns }: ExportOptions): string[] {
  return [
    `out to the target: ${inWords(target)}`,
    ...(prometheus === null ? [] : [`out to Prometheus: ${inWords(prometheus.reach)}`]),
    ...(asksDns ? [`out to DNS: pods labelled \`k8s-app=kube-dns\` in \`${DNS.namespace}\`, and ${DNS.cache} (NodeLocal DNSCache), port 53. Where the cluster’s DNS is another one, put its labels in`] : []),
    `in: the pods of this test and namespace \`${OPERATOR_NAMESPACE}\`, TCP ${K6_API_PORT}, through which the test is begun`,
  ];
}

function inWords(reach: Reach): string {
  if (reach.type === 'addresses') return `${reach.cidrs.join(', ')}, TCP ${reach.port}`;
  const labels = Object.entries(reach.labels).map(([key, value]) => `${key}=${value}`);
  return `${labels.length === 0 ? 'every pod' : `pods labelled \`${labels.join(',')}\``} in namespace \`${reach.namespace}\`, TCP ${reach.port}`;
}
