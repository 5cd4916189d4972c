import { secretName, type ExportOptions } from './manifests.ts';

/** What to do with the folder, in five commands. */
export function readme({ name, namespace, parallelism, image, secrets, prometheusUrl }: ExportOptions, target: string, testMinutes: number): string {
  const secret =
    secrets.length === 0
      ? ''
      : `\nSecrets come from the cluster, under these names; create them once:\n\n    kubectl -n ${namespace} create secret generic ${secretName(name)} ${secrets.map((each) => `--from-literal=${each}="$${each}"`).join(' ')}\n`;
  const remote = prometheusUrl === null ? '' : `\nThe samples go to ${prometheusUrl} by remote write, as native histograms, and no file is written: see docs/k6.md for reading them back.\n`;
  return `# ${name}: ${parallelism} pods against ${target}

Written by \`bench k6 export\`. Needs the k6 operator (v1.0 or newer) in the cluster, a storage class that can be written by
several pods (ReadWriteMany), and the namespace \`${namespace}\`. The test takes about ${testMinutes} min. Image: ${image}.
${secret}
    kubectl apply -f 1-configmap.yaml -f 2-results.yaml -f 3-networkpolicy.yaml -f 4-testrun.yaml
    kubectl -n ${namespace} wait testrun/${name} --for=jsonpath='{.status.stage}'=finished --timeout=${testMinutes + 10}m
    kubectl apply -f collect.yaml && kubectl -n ${namespace} wait pod/${name}-collect --for=condition=Ready
    kubectl -n ${namespace} cp ${name}-collect:/results ./results
    bench k6 merge --plan . results/*.ndjson.gz

\`finished\` is said of pods that failed too: the merge finds out. Collect before you delete anything:
\`kubectl delete -f .\` takes the results with it. \`upload.yaml\` is a Job that copies them to an object store instead, with
rclone and what a Secret \`${name}-store\` says of the store.
${remote}
The load leaves the cluster's pods for the target alone: \`3-networkpolicy.yaml\` lets them reach nothing else but DNS.
`;
}
