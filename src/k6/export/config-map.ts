import { BenchError, EXIT } from '../../errors.ts';
import { metadata, type ExportOptions, type Files, type GenericTest, type Manifest } from './options.ts';
import type { ScriptTest } from './script-test.ts';

/** What Kubernetes takes in one ConfigMap. It counts the values, binary ones decoded; their names are counted here as well. */
const MOST_BYTES = 1_048_576;

export function configMap(options: ExportOptions, generic: GenericTest): Manifest {
  return of(options, options.name, generic);
}

/** The files of a script of a team's own. */
export function scriptConfigMap(options: ExportOptions, { name, script }: ScriptTest): Manifest {
  return of(options, name, script);
}

function of(options: ExportOptions, name: string, { files, binaryFiles }: Files): Manifest {
  const binary = Object.fromEntries(Object.entries(binaryFiles).map(([key, content]) => [key, content.toString('base64')]));
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata(options, name), data: { ...files }, ...(Object.keys(binary).length === 0 ? {} : { binaryData: binary }) };
}

/** Throws a BenchError (2) for more than a ConfigMap holds. */
export function checkConfigMap({ files, binaryFiles }: Files): void {
  const sizes = Object.entries({ ...files, ...binaryFiles }).map(([name, content]) => ({ name, bytes: Buffer.byteLength(content) }));
  const bytes = sizes.reduce((sum, each) => sum + Buffer.byteLength(each.name) + each.bytes, 0);
  if (bytes <= MOST_BYTES) return;
  const [largest] = sizes.toSorted((a, b) => b.bytes - a.bytes);
  throw new BenchError(EXIT.usage, `script, plan, data and bodies have ${bytes} bytes, of which a ConfigMap holds ${MOST_BYTES}; the largest is ${largest?.name} with ${largest?.bytes}`, {
    hint: 'Send smaller bodies or give fewer rows of data, open smaller files in a script, or export some of the workloads at a time with --filter and a --dir of their own.',
  });
}
