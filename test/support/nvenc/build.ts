import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findExecutable } from '../../../src/host/executables.ts';
import { runProcess } from '../../../src/host/processes.ts';
import { FFMPEGS, hasSystemFfmpeg } from '../encode/media.ts';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

const LIBRARIES = { 'libcuda.so.1': 'cuda.c', 'libnvcuvid.so.1': 'cuvid.c', 'libnvidia-encode.so.1': 'nvenc.c' } as const;

/** Debian's package is headers alone: there is no program to look for. */
export const canBuildDouble = hasSystemFfmpeg && findExecutable('gcc', process.env) !== null && existsSync('/usr/include/ffnvcodec/nvEncodeAPI.h');

export const NEEDS = '(needs system ffmpeg, gcc and libffmpeg-nvenc-dev)';

/** The ffmpeg that loads the double: the system's, unmodified. */
export const systemFfmpeg = FFMPEGS.find(({ name }) => name === 'system') ?? { name: 'system', ffmpeg: 'ffmpeg', ffprobe: 'ffprobe' };

/** `nvidia-smi` of the double. */
export const NVIDIA_SMI = here('nvidia-smi.js');

/** Compiles the libraries (or some of them) into a folder of their own, for LD_LIBRARY_PATH; gone after `await using`. */
export async function nvencDouble(libraries: readonly (keyof typeof LIBRARIES)[] = ['libcuda.so.1', 'libnvcuvid.so.1', 'libnvidia-encode.so.1']): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'readybench-nvenc-'));
  for (const library of libraries) {
    const { code, stderr } = await runProcess('gcc', ['-std=gnu11', '-O2', '-Wall', '-Werror', '-shared', '-fPIC', '-o', join(path, library), here(LIBRARIES[library])]);
    if (code !== 0) throw new Error(`${library} was not compiled: ${stderr}`);
  }
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
