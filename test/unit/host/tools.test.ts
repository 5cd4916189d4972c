import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BenchError } from '../../../src/errors.ts';
import { carriedProgram, makeExecutable } from '../../../src/host/carried.ts';
import { findExecutable } from '../../../src/host/executables.ts';
import { createToolResolver, parseVersion } from '../../../src/host/tools.ts';

let folder: string;
const at = (...parts: string[]): string => join(folder, ...parts);
function program(path: string, script: string, mode = 0o755): string {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, mode);
  return path;
}
const ffmpegOf = (version: string): string => `echo "ffmpeg version ${version} Copyright (c) 2000-2024"; echo "  configuration: --enable-gpl --enable-libx264"`;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tools-test-'));
  program(at('good', 'ffmpeg'), ffmpegOf('5.1.6-test'));
  program(at('broken', 'ffmpeg'), 'echo "error while loading shared libraries: libavdevice.so.59" >&2; exit 127');
  program(at('other', 'ffmpeg'), 'echo GNU coreutils');
  program(at('plain', 'ffmpeg'), ffmpegOf('1'), 0o644);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const nothingCarried: typeof carriedProgram = (name) => ({ found: false, reason: `the npm package @${name}-installer/linux-x64 is not installed` });
async function failure(promise: Promise<unknown>): Promise<{ exitCode: number; message: string; hint: string | undefined }> {
  const thrown: unknown = await promise.catch((error: unknown) => error);
  if (!(thrown instanceof BenchError)) throw new Error(`expected a BenchError, got ${String(thrown)}`);
  return { exitCode: thrown.exitCode, message: thrown.message.replaceAll(folder, '<dir>'), hint: thrown.hint };
}

describe('createToolResolver', () => {
  it('takes FFMPEG_PATH before PATH, and runs it', async () => {
    const tools = createToolResolver({ FFMPEG_PATH: at('good', 'ffmpeg'), PATH: at('broken') });
    expect(tools.used()).toEqual({ ffmpeg: null, k6: null });
    const found = await tools.ffmpeg();
    expect(found).toEqual({ path: at('good', 'ffmpeg'), version: '5.1.6-test', configuration: '--enable-gpl --enable-libx264', source: 'FFMPEG_PATH' });
    expect(tools.used()).toEqual({ ffmpeg: found, k6: null });
  });

  it('takes the one on PATH before the npm-carried one', async () => {
    expect(await createToolResolver({ PATH: at('good') }).ffmpeg()).toMatchObject({ source: 'PATH', version: '5.1.6-test' });
  });

  it('falls back to the npm-carried ones, and they run', async () => {
    const tools = createToolResolver({ PATH: at('nothing'), HOME: folder });
    expect(await tools.ffmpeg()).toMatchObject({ source: 'npm', version: expect.stringMatching(/\d/) as string, configuration: expect.stringContaining('--enable-libx264') as string });
    expect(await tools.ffprobe()).toMatchObject({ source: 'npm', version: expect.stringMatching(/\d/) as string });
  });

  it('goes on from one on PATH that does not work', async () => {
    expect(await createToolResolver({ PATH: at('broken'), HOME: folder }).ffmpeg()).toMatchObject({ source: 'npm' });
  });

  it('never replaces the one that was named', async () => {
    expect(await failure(createToolResolver({ FFMPEG_PATH: at('none', 'ffmpeg'), PATH: at('good') }).ffmpeg())).toMatchInlineSnapshot(`
      {
        "exitCode": 6,
        "hint": "Set FFMPEG_PATH to a working ffmpeg, or unset it to use the one on PATH.",
        "message": "FFMPEG_PATH=<dir>/none/ffmpeg: <dir>/none/ffmpeg does not exist",
      }
    `);
    const reasonOf = async (path: string): Promise<string> => (await failure(createToolResolver({ FFMPEG_PATH: path }).ffmpeg())).message.split(': ').slice(1).join(': ');
    expect(await reasonOf(at('good'))).toBe('<dir>/good is not a file');
    expect(await reasonOf(at('plain', 'ffmpeg'))).toBe('<dir>/plain/ffmpeg is not executable');
    expect(await reasonOf(at('other', 'ffmpeg'))).toBe('<dir>/other/ffmpeg is not ffmpeg: -version says "GNU coreutils"');
    expect(await reasonOf(at('broken', 'ffmpeg'))).toBe(
      '<dir>/broken/ffmpeg -version exits with 127: error while loading shared libraries: libavdevice.so.59',
    );
  });

  it('says where it looked and how to get it when there is none', async () => {
    const env = { PATH: `${at('nothing')}:${at('other')}` };
    expect(await failure(createToolResolver(env, { carried: nothingCarried }).ffmpeg())).toMatchInlineSnapshot(`
      {
        "exitCode": 6,
        "hint": "Install it with \`apt install ffmpeg\` or \`brew install ffmpeg\`, run \`npm ci\` with optional packages, or set FFMPEG_PATH to its path.",
        "message": "no working ffmpeg found: <dir>/other/ffmpeg is not ffmpeg: -version says "GNU coreutils"; the npm package @ffmpeg-installer/linux-x64 is not installed",
      }
    `);
  });
});

describe('npm-carried programs', () => {
  it('are absent where the package is', () => {
    const nowhere = { resolve: (): string => { throw new Error('MODULE_NOT_FOUND'); } };
    expect(carriedProgram('ffmpeg', {}, nowhere)).toMatchObject({ found: false, reason: expect.stringContaining('is not installed') as string });
  });

  it('are made executable where the install scripts did not run', () => {
    const packaged = program(at('packaged', 'ffmpeg'), ffmpegOf('4'), 0o644);
    expect(makeExecutable(packaged, 'ffmpeg', { HOME: folder })).toBe(packaged);
    expect(statSync(packaged).mode & 0o111).not.toBe(0);
  });
});

describe('findExecutable', () => {
  it('takes the first that can be run, never from the current folder', () => {
    expect(findExecutable('ffmpeg', { PATH: ['', '.', 'good', at('plain'), at('good'), at('broken')].join(':') })).toBe(at('good', 'ffmpeg'));
    expect(findExecutable('ffmpeg', { PATH: at('plain') })).toBeNull();
    expect(findExecutable('ffmpeg', {})).toBeNull();
  });
});

describe('parseVersion', () => {
  it('reads the forms builds come in', () => {
    expect(parseVersion('ffmpeg version N-89984-g0df94a6e41-static https://johnvansickle.com/ffmpeg/ Copyright\n', 'ffmpeg')).toEqual({ version: 'N-89984-g0df94a6e41-static', configuration: '' });
    expect(parseVersion('ffprobe version n7.1 Copyright', 'ffmpeg')).toBeNull();
  });
});
