import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { table } from '../performance-doc.ts';
import { fileOfPod, generate, headOf, planOfPods, requestsOf } from './files.ts';
import { mergeInProcess, millions } from './merge-in-process.ts';

/** Merges so many GB of text in the files of so many pods, half of them plain and half gzipped; as a section of docs/scale.md. @param dir with room for the plain half */
export async function large(dir: string, gigabytes: number, pods: number, bound: { memoryMB: number }): Promise<{ text: string; met: boolean }> {
  const plan = planOfPods(gigabytes, pods);
  const head = headOf(plan, 0).length;
  const common = { plain: join(dir, 'common.ndjson'), zipped: join(dir, 'common.ndjson.gz') };
  await generate(common.plain, plan, false, head);
  await generate(common.zipped, plan, true, head);
  const files: string[] = [];
  for (let pod = 0; pod < pods; pod += 1) {
    const zipped = pod % 2 === 1;
    const path = join(dir, `pod-${pod + 1}.ndjson${zipped ? '.gz' : ''}`);
    await fileOfPod(path, plan, pod, zipped ? common.zipped : common.plain, zipped);
    files.push(path);
  }
  for (const path of Object.values(common)) rmSync(path);
  const onDisk = files.reduce((sum, path) => sum + statSync(path).size, 0);
  const { points, bytes, seconds, cpuSeconds, peakMB, findings, completed } = mergeInProcess('files', dir, plan, files);
  if (findings.length > 0 || completed !== requestsOf(plan)) throw new Error(`merged wrongly: ${completed} of ${requestsOf(plan)} completed, ${findings.join(', ')}`);
  const { load } = plan.parts[0]!;
  const met = peakMB <= bound.memoryMB;
  const text = [
    `The largest that was tried: ${pods} pods of ${(load.model === 'open' ? load.ratePerSecond / pods : 0).toFixed(0)}/s for ${(load.durationMs / 1_000).toFixed(0)} s, half of their files plain and half gzipped. The points of all pods are the same, each file with a beginning of its own; every request was counted.`,
    '',
    table(['files', 'on disk', 'text', 'points', 'CPU', 'time', 'points a CPU second', 'peak memory (RSS)'], [[`${pods}`, `${(onDisk / 1e9).toFixed(1)} GB`, `${(bytes / 1e9).toFixed(1)} GB`, millions(points), `${cpuSeconds.toFixed(0)} s`, `${seconds.toFixed(0)} s`, `${(points / cpuSeconds / 1e3).toFixed(0)} thousand`, `${peakMB.toFixed(0)} MB`]]),
    '',
    `Bound: at most ${bound.memoryMB} MB: ${met ? 'met' : 'NOT met'}.`,
  ].join('\n');
  return { text, met };
}
