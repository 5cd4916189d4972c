import { prometheusSecretName, secretName, type ExportOptions } from './manifests.ts';

/** What to do with the folder, in five commands. */
export function readme({ name, namespace, parallelism, image, secrets, prometheusUrl }: ExportOptions, target: string, testMinutes: number): string {
  const secret =
    secrets.length === 0
      ? ''
      : `\nSecrets come from the cluster, under these names; create them once:\n\n    kubectl -n ${namespace} create secret generic ${secretName(name)} ${secrets.map((each) => `--from-literal=${each}="$${each}"`).join(' ')}\n`;
  const [apply, collect] = prometheusUrl === null ? files(name, namespace) : remote(name, namespace, prometheusUrl);
  return `# ${name}: ${parallelism} pods against ${target}

Written by \`bench k6 export\`. Needs the k6 operator (v1.0 or newer) in the cluster${prometheusUrl === null ? `, a storage class that can be written by
several pods (ReadWriteMany)` : ''}, and the namespace \`${namespace}\`. The test takes about ${testMinutes} min. Image: ${image}.
${secret}
    kubectl apply ${apply}
    kubectl -n ${namespace} wait testrun/${name} --for=jsonpath='{.status.stage}'=finished --timeout=${testMinutes + 10}m
${collect}
The load leaves the cluster's pods for the target${prometheusUrl === null ? '' : ' and Prometheus'} alone: \`3-networkpolicy.yaml\` lets them reach nothing else but DNS.
`;
}

function files(name: string, namespace: string): [string, string] {
  return [
    '-f 1-configmap.yaml -f 2-results.yaml -f 3-networkpolicy.yaml -f 4-testrun.yaml',
    `    kubectl apply -f collect.yaml && kubectl -n ${namespace} wait pod/${name}-collect --for=condition=Ready
    kubectl -n ${namespace} cp ${name}-collect:/results ./results
    bench k6 merge --plan . results/*.ndjson.gz

\`finished\` is said of pods that failed too: the merge finds out. Collect before you delete anything:
\`kubectl delete -f .\` takes the results with it. \`upload.yaml\` is a Job that copies them to an object store instead, with
rclone and what a Secret \`${name}-store\` says of the store.
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
