import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A program that stands in for ffmpeg: `body` is its JavaScript. Only for what the real one cannot be made to do here. */
export async function program(folder: string, name: string, body: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `#!${process.execPath}\n${body}`);
  await chmod(path, 0o755);
  return path;
}

/** The same in shell, for one that must be quick to start. */
export async function shellProgram(folder: string, name: string, body: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\n${body}\n`);
  await chmod(path, 0o755);
  return path;
}

/** Writes what was recorded and ends with 1, as Debian's ffmpeg does whatever the cause. */
export const replaying = (folder: string, stderr: string, name = 'replaying'): Promise<string> =>
  program(folder, name, `require('node:fs').writeSync(2, ${JSON.stringify(stderr)}); process.exitCode = 1;`);

/** One block of progress, then the same again for ever, as a timer in newer versions writes it. */
export const hanging = (folder: string): Promise<string> =>
  shellProgram(folder, 'hanging', "while :; do printf 'frame=3\\ntotal_size=48\\nout_time_us=1000\\nprogress=continue\\n'; sleep 0.05; done");
