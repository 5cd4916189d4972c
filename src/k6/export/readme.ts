import { manifests } from './manifests.ts';
import { prometheusSecretName, secretName, storeSecretName } from './names.ts';
import { letThrough } from './network-policy.ts';
import { testNames, type ExportOptions } from './options.ts';
import { testRunFile } from './script-test.ts';

/** An object applied by the client is copied into one of its annotations, which holds 256 KiB; the folder alone says what is in it. */
const APPLY = 'kubectl apply --server-side --force-conflicts';

const minutes = (ms: number): number => Math.ceil(ms / 60_000);
/** Of the longest round of a script. */
const scriptMinutes = ({ scripts }: ExportOptions): number => minutes(Math.max(0, ...scripts.map(({ runMs }) => runMs)));

/** What to do with the folder, in a handful of commands. */
export function readme(options: ExportOptions, target: string): string {
  const { name, namespace, parallelism, image, starterImage, secrets, prometheus, generic, scripts } = options;
  const secret =
    secrets.length === 0
      ? ''
      : `\nSecrets come from the cluster, under these names; create them once:\n\n    kubectl -n ${namespace} create secret generic ${secretName(name)} ${secrets.map((each) => `--from-literal=${each}="$${each}"`).join(' ')}\n`;
  const whole = minutes(generic?.runMs ?? 0) + scriptMinutes(options) * scripts.reduce((sum, { runs }) => sum + runs.length, 0);
  return `# ${name}: ${parallelism} pods against ${target}

Written by \`bench k6 export\`. Needs the k6 operator (v1.0 or newer) in the cluster${prometheus === null ? `, a storage class that can be written by
several pods (ReadWriteMany)` : ''}, the namespace \`${namespace}\`, and kubectl 1.22 or newer. The test takes about ${whole} min.
Images: ${image}, ${starterImage}.
${secret}
${commands(options).map((each) => `    ${each}`).join('\n')}

${prometheus === null ? ofFiles(name) : ofRemote(name, namespace, prometheus.url)}
\`--server-side\` is needed: without it kubectl copies what it applies into an annotation, which is too small for the ConfigMap.

## What the pods that send the load can reach

\`3-networkpolicy.yaml\` lets through, where the cluster's network enforces policies:

${letThrough(options).map((each) => `- ${each}`).join('\n')}

and nothing else. A policy means the port that a pod listens on: where that of its service is another one, export with
\`--target-port\`${prometheus === null ? '' : ' (for Prometheus, put it into the policy)'}.${wholeNamespace(options)}
`;
}

/** Scripts run one after the other: two at once would measure each other. */
function commands(options: ExportOptions): string[] {
  const { name, namespace, generic, scripts, prometheus } = options;
  const first = Object.keys(manifests(options)).filter((file) => /^\d-/.test(file));
  const finished = (of: string, min: number): string => `kubectl -n ${namespace} wait testrun/${of} --for=jsonpath='{.status.stage}'=finished --timeout=${min + 10}m`;
  return [
    `${APPLY} ${first.map((file) => `-f ${file}`).join(' ')}`,
    ...(generic === null ? [] : [finished(name, minutes(generic.runMs))]),
    ...(scripts.length === 0 ? [] : [`for test in ${testNames({ ...options, generic: null }).join(' ')}; do ${APPLY} -f ${testRunFile('$test')} && ${finished('$test', scriptMinutes(options))} || break; done`]),
    ...(prometheus === null
      ? [
          `${APPLY} -f collect.yaml && kubectl -n ${namespace} wait pod/${name}-collect --for=condition=Ready`,
          `kubectl -n ${namespace} cp ${name}-collect:/results ./results`,
          'bench k6 merge --plan . results/*.ndjson.gz',
        ]
      : [`bench k6 merge --plan . --prometheus ${prometheus.url.replace(/\/api\/v1\/(write|push)\/?$/, '')}`]),
  ];
}

function wholeNamespace({ target }: ExportOptions): string {
  return target.type === 'pods' && Object.keys(target.labels).length === 0 ? ' `--target-selector app=NAME` lets through the pods with that label alone.' : '';
}

function ofFiles(name: string): string {
  return `\`finished\` is said of pods that failed too: the merge finds out. Collect before you delete anything:
the results are on the volume of \`2-results.yaml\`. \`upload.yaml\` is a Job that copies them to an object store instead, with
rclone and what a Secret \`${storeSecretName(name)}\` says of the store.
`;
}

function ofRemote(name: string, namespace: string, prometheusUrl: string): string {
  return `The samples go to ${prometheusUrl} by remote write, as native histograms, and no file is written. The server needs
\`--web.enable-remote-write-receiver\`, before 3.0 also \`--enable-feature=native-histograms\`. Where it wants credentials, create
\`kubectl -n ${namespace} create secret generic ${prometheusSecretName(name)} --from-literal=K6_PROMETHEUS_RW_BEARER_TOKEN="$TOKEN"\`; the merge
takes its own from BENCH_PROMETHEUS_TOKEN. Merge within a day (\`--since\` for longer), from where the server can be reached:
\`kubectl port-forward\` will do. A test that is to run again is exported again.
`;
}
