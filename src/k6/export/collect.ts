import { COLLECTOR_IMAGE, UPLOAD_IMAGE } from './images.ts';
import { resultsName, storeSecretName } from './names.ts';
import { labels, metadata, type ExportOptions, type Manifest } from './options.ts';
import { containerSecurity, podSecurity, RESULTS } from './pods.ts';

const resources = { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '256Mi' } };
const volumeMounts = [{ name: 'results', mountPath: RESULTS, readOnly: true }];
const common = ({ name }: ExportOptions): Manifest => ({
  restartPolicy: 'Never',
  automountServiceAccountToken: false,
  securityContext: podSecurity,
  volumes: [{ name: 'results', persistentVolumeClaim: { claimName: resultsName(name) } }],
});

/** A volume that all pods write their own file to. */
export function claim(options: ExportOptions): Manifest {
  const storageClassName = options.storageClass === null ? {} : { storageClassName: options.storageClass };
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: metadata(options, resultsName(options.name)),
    spec: { accessModes: ['ReadWriteMany'], ...storageClassName, resources: { requests: { storage: options.storage } } },
  };
}

/** A pod to copy the files from with kubectl cp. */
export function collector(options: ExportOptions): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: metadata(options, `${options.name}-collect`),
    spec: { ...common(options), containers: [{ name: 'collect', image: COLLECTOR_IMAGE, command: ['sleep', '3600'], resources, securityContext: containerSecurity, volumeMounts }] },
  };
}

/** For an object store instead: everything it needs to know of it comes from a Secret. */
export function upload(options: ExportOptions): Manifest {
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
          ...common(options),
          containers: [
            {
              name: 'upload',
              image: UPLOAD_IMAGE,
              // RCLONE_CONFIG_STORE_TYPE, …_ACCESS_KEY_ID and so on, and BUCKET, are in the Secret.
              args: ['copy', RESULTS, `store:$(BUCKET)/${name}`],
              envFrom: [{ secretRef: { name: storeSecretName(name) } }],
              resources,
              securityContext: containerSecurity,
              volumeMounts,
            },
          ],
        },
      },
    },
  };
}
