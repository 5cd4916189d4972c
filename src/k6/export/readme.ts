import { prometheusSecretName, secretName, storeSecretName } from './names.ts';
import { letThrough } from './network-policy.ts';
import type { ExportOptions } from './options.ts';

/** An object applied by the client is copied into one of its annotations, which holds 256 KiB; the folder alone says what is in it. */
const APPLY = 'kubectl apply --server-side --force-conflicts';

/** What to do with the folder, in five commands. */
export function readme(options: ExportOptions, target: string, testMinutes: number): string {
  const { name, namespace, parallelism, image, starterImage, secrets, prometheus } = options;
  const secret =
    secrets.length === 0
      ? ''
      : `\nSecrets come from the cluster, under these names; create them once:\n\n    kubectl -n ${namespace} create secret generic ${secretName(name)} ${secrets.map((each) => `--from-literal=${each}="$${each}"`).join(' ')}\n`;
  const [apply, collect] = prometheus === null ? files(name, namespace) : remote(name, namespace, prometheus.url);
  return `# ${name}: ${parallelism} pods against ${target}

Written by \`bench k6 export\`. Needs the k6 operator (v1.0 or newer) in the cluster${prometheus === null ? `, a storage class that can be written by
several pods (ReadWriteMany)` : ''}, the namespace \`${namespace}\`, and kubectl 1.22 or newer. The test takes about ${testMinutes} min.
Images: ${image}, ${starterImage}.
${secret}
    ${APPLY} ${apply}
    kubectl -n ${namespace} wait testrun/${name} --for=jsonpath='{.status.stage}'=finished --timeout=${testMinutes + 10}m
${collect}
\`--server-side\` is needed: without it kubectl copies what it applies into an annotation, which is too small for the ConfigMap.

## What the pods that send the load can reach

\`3-networkpolicy.yaml\` lets through, where the cluster's network enforces policies:

${letThrough(options).map((each) => `- ${each}`).join('\n')}

and nothing else. A policy means the port that a pod listens on: where that of its service is another one, export with
\`--target-port\`${prometheus === null ? '' : ' (for Prometheus, put it into the policy)'}.${wholeNamespace(options)}
`;
}

function wholeNamespace({ target }: ExportOptions): string {
  return target.type === 'pods' && Object.keys(target.labels).length === 0 ? ' `--target-selector app=NAME` lets through the pods with that label alone.' : '';
}

function files(name: string, namespace: string): [string, string] {
  return [
    '-f 1-configmap.yaml -f 2-results.yaml -f 3-networkpolicy.yaml -f 4-testrun.yaml',
    `    ${APPLY} -f collect.yaml && kubectl -n ${namespace} wait pod/${name}-collect --for=condition=Ready
    kubectl -n ${namespace} cp ${name}-collect:/results ./results
    bench k6 merge --plan . results/*.ndjson.gz

\`finished\` is said of pods that failed too: the merge finds out. Collect before you delete anything:
the results are on the volume of \`2-results.yaml\`. \`upload.yaml\` is a Job that copies them to an object store instead, with
rclone and what a Secret \`${storeSecretName(name)}\` says of the store.
`,
  ];
}

function remote(name: string, namespace: string, prometheusUrl: string): [string, string] {
  const base = prometheusUrl.replace(/\/api\/v1\/(write|push)\/?$/, '');
  return [
    '-f 1-configmap.yaml -f 3-networkpolicy.yaml -f 4-testrun.yaml',
    `    bench k6 merge --plan . --prometheus ${base}

The samples go to ${prometheusUrl} by remote write, as native histograms, and no file is written. The server needs
\`--web.enable-remote-write-receiver\`, before 3.0 also \`--enable-feature=native-histograms\`. Where it wants credentials, create
\`kubectl -n ${namespace} create secret generic ${prometheusSecretName(name)} --from-literal=K6_PROMETHEUS_RW_BEARER_TOKEN="$TOKEN"\`; the merge
takes its own from BENCH_PROMETHEUS_TOKEN. Merge within a day (\`--since\` for longer), from where the server can be reached:
\`kubectl port-forward\` will do. A test that is to run again is exported again.
`,
  ];
}
