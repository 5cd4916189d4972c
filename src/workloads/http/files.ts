import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { BenchError, EXIT, reasonOf } from '../../errors.ts';
import type { FilePlan } from '../../load/plan.ts';
import { formatBytes } from '../../units.ts';
import { CEILINGS, measuredSteps, type Requests } from './schema.ts';

/** Files whose content is sent, by how the scenario names them. */
export type Files = ReadonlyMap<string, FilePlan>;

export const NO_FILES: Files = new Map();

/** Looks at every file that is to be sent. Throws a BenchError (2) for one that is not there or too large. */
export async function findFiles(spec: Requests, dir: string, workload: string): Promise<Files> {
  const files = new Map<string, FilePlan>();
  const requests = [...spec.setup.map((step) => ({ request: step.request, where: `set-up step ${step.name}` })), ...measuredSteps(spec)];
  for (const { request, where } of requests) {
    let total = 0;
    for (const file of [request.bodyFile ?? [], ...(request.multipart ?? []).map(({ file: each }) => each ?? [])].flat()) {
      const found = files.get(file) ?? (await find(file, dir, `${workload}: ${where}`));
      files.set(file, found);
      total += found.bytes;
    }
    if (total <= CEILINGS.bodyBytes) continue;
    throw new BenchError(EXIT.usage, `${workload}: ${where} would send ${formatBytes(total)}, above the ceiling of ${formatBytes(CEILINGS.bodyBytes)}`, { hint: 'Send a smaller file.' });
  }
  return files;
}

async function find(file: string, dir: string, where: string): Promise<FilePlan> {
  const path = resolve(dir, file);
  try {
    const found = await stat(path);
    if (found.isFile()) return { path, bytes: found.size };
  } catch (error) {
    throw new BenchError(EXIT.usage, `${where}: the file ${file} cannot be read (${reasonOf(error)})`, { hint: 'Paths start at the folder of the scenario file.', cause: error });
  }
  throw new BenchError(EXIT.usage, `${where}: ${file} is no file`, { hint: 'Paths start at the folder of the scenario file.' });
}

export function fileName(path: string): string {
  return basename(path);
}
