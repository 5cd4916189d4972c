import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, readdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BenchError } from '../../../src/errors.ts';
import { inspectVideo } from '../../../src/host/ffmpeg-facts.ts';
import { findClip } from '../../../src/workloads/encode/clips.ts';
import { syntheticClip } from '../../../src/workloads/encode/synthetic.ts';
import { ANY, ffmpeg, FFMPEGS, temporaryFolder, tinyClip } from '../../support/encode/media.ts';

const tools = { ffmpeg: { path: ANY.ffmpeg, version: 'any' }, ffprobe: { path: ANY.ffprobe } };

describe.each(FFMPEGS)('with the $name ffprobe', ({ ffprobe }) => {
  test.each([
    ['bbb-480p', 854, 480, 24, 720],
    ['bbb-1080p', 1920, 1080, 24, 720],
    ['bbb-1080p60', 1920, 1080, 60, 1_800],
  ] as const)('%s is packaged, and known by its content', async (name, width, height, framesPerSecond, frames) => {
    const clip = await findClip(name, { ...tools, ffprobe: { path: ffprobe }, scenarioDir: '/' });
    expect(clip).toMatchObject({ name, codec: 'h264', width, height, framesPerSecond, frames, durationMs: 30_000 });
    const content = await readFile(clip.path);
    expect(clip).toMatchObject({ bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') });
  });

  test('what is wrong with a file is named', async () => {
    await using folder = await temporaryFolder();
    const at = (name: string): string => join(folder.path, name);
    const cause = async (name: string): Promise<string> => {
      const inspection = await inspectVideo(ffprobe, at(name));
      return inspection.status === 'video' ? 'none' : inspection.cause.cause;
    };
    await tinyClip(at('whole.mp4'), { seconds: 2 });
    await copyFile(at('whole.mp4'), at('cut.mp4'));
    await truncate(at('cut.mp4'), 9_000);
    await tinyClip(at('cut-moov-first.mp4'), { seconds: 2, moovFirst: true });
    await truncate(at('cut-moov-first.mp4'), 15_000);
    await tinyClip(at('cut.mkv'), { seconds: 2 });
    await truncate(at('cut.mkv'), 15_000);
    await writeFile(at('text.mp4'), 'this is no video\n'.repeat(100));
    await ffmpeg(['-f', 'lavfi', '-i', 'sine=d=1', at('sound.mp4')]);
    await ffmpeg(['-f', 'lavfi', '-i', 'testsrc=s=64x64', '-frames:v', '1', at('picture.png')]);
    await copyFile(at('picture.png'), at('picture.mp4'));
    await writeFile(at('script.mp4'), 'ffconcat version 1.0\nfile whole.mp4\n');
    await copyFile(at('whole.mp4'), at('video.txt'));
    const found: Record<string, string> = {};
    for (const name of (await readdir(folder.path)).sort()) found[name] = await cause(name);
    expect(found).toEqual({
      'cut-moov-first.mp4': 'truncated',
      'cut.mkv': 'truncated',
      'cut.mp4': 'truncated',
      'picture.mp4': 'not-a-video',
      'picture.png': 'not-a-video',
      'script.mp4': 'not-a-video',
      'sound.mp4': 'no-video',
      'text.mp4': 'not-a-video',
      'video.txt': 'none',
      'whole.mp4': 'none',
    });
    expect(await cause('absent.mp4')).toBe('missing');
  });
});

describe('a file of the user', () => {
  const refused = async (file: string, scenarioDir: string): Promise<string> => {
    const thrown: unknown = await findClip({ file }, { ...tools, scenarioDir }).catch((error: unknown) => error);
    if (!(thrown instanceof BenchError)) throw new Error('was not refused');
    expect(thrown).toMatchObject({ exitCode: 2 });
    expect(thrown.hint).toBeTypeOf('string');
    return thrown.message.replaceAll(scenarioDir, 'DIR');
  };

  test('is found from the folder of the scenario', async () => {
    await using folder = await temporaryFolder();
    await mkdir(join(folder.path, 'clips'));
    await tinyClip(join(folder.path, 'clips', '-y odd name;$(x).mp4'));
    expect(await findClip({ file: 'clips/-y odd name;$(x).mp4' }, { ...tools, scenarioDir: folder.path })).toMatchObject({ width: 160, height: 90, frames: 25, durationMs: 1_000 });
  });

  test('outside of it and of the current folder is refused, also by a link', async () => {
    await using outside = await temporaryFolder();
    await using folder = await temporaryFolder();
    await tinyClip(join(outside.path, 'clip.mp4'));
    await symlink(join(outside.path, 'clip.mp4'), join(folder.path, 'link.mp4'));
    for (const file of ['link.mp4', join(outside.path, 'clip.mp4'), '/dev/zero']) expect(await refused(file, folder.path)).toContain('lies outside the project [outside]');
  });

  test('that cannot serve is refused with its cause', async () => {
    await using folder = await temporaryFolder();
    await mkdir(join(folder.path, 'folder'));
    await writeFile(join(folder.path, 'empty.mp4'), '');
    await writeFile(join(folder.path, 'text.mp4'), 'hello\n');
    expect([await refused('none.mp4', folder.path), await refused('empty.mp4/x', folder.path), await refused('folder', folder.path), await refused('empty.mp4', folder.path), await refused('text.mp4', folder.path)]).toMatchInlineSnapshot(`
      [
        "clip none.mp4: there is no such file [missing]: DIR/none.mp4",
        "clip empty.mp4/x: there is no such file [missing]: DIR/empty.mp4/x",
        "clip folder: it is a folder [not-a-file]: DIR/folder",
        "clip empty.mp4: it has no content [zero-length]: DIR/empty.mp4",
        "clip text.mp4: it is not a video file, whatever its name says (detected only with low score of 1, misdetection possible!) [not-a-video]: DIR/text.mp4",
      ]
    `);
  });
});

describe('the synthetic clip', () => {
  const small = { source: 'mandelbrot=s=64x36:r=30:start_scale=0.3:end_scale=0.02:end_pts=10,noise=alls=8:allf=t:all_seed=11', frames: 10 };

  test('is made once; the same recipe gives the same bytes; another ffmpeg another clip', async () => {
    await using folder = await temporaryFolder();
    const shares: number[] = [];
    const make = (cache: string, version = 'any') => syntheticClip({ ffmpeg: { path: ANY.ffmpeg, version }, cacheDir: join(folder.path, cache), onMaking: (done) => shares.push(done) }, small);
    const first = await make('a');
    const made = shares.length;
    expect(shares.at(-1)).toBe(1);
    expect(await make('a')).toBe(first);
    expect(shares.length).toBe(made);
    expect((await readFile(await make('b'))).equals(await readFile(first))).toBe(true);
    expect(await make('a', 'other')).not.toBe(first);
    const inspection = await inspectVideo(ANY.ffprobe, first);
    expect(inspection).toMatchObject({ facts: { frames: 10, width: 64 } });
  });

  test('two runs that make it at the same time both get a whole one, and nothing else is left', async () => {
    await using folder = await temporaryFolder();
    const make = () => syntheticClip({ ffmpeg: { path: ANY.ffmpeg, version: 'any' }, cacheDir: folder.path }, small);
    const [one, two] = await Promise.all([make(), make()]);
    expect(one).toBe(two);
    expect(await readdir(folder.path)).toHaveLength(1);
  });

  test('one that cannot be made says why and leaves nothing', async () => {
    await using folder = await temporaryFolder();
    const broken = syntheticClip({ ffmpeg: { path: ANY.ffmpeg, version: 'any' }, cacheDir: folder.path }, { ...small, source: 'nosuchsource' });
    await expect(broken).rejects.toMatchObject({ exitCode: 5 });
    expect(await readdir(folder.path)).toEqual([]);
  });

  test('an interrupt while it is made leaves nothing', async () => {
    await using folder = await temporaryFolder();
    const stop = new AbortController();
    const making = syntheticClip({ ffmpeg: { path: ANY.ffmpeg, version: 'any' }, cacheDir: folder.path, signal: stop.signal, onMaking: () => stop.abort() }, { ...small, frames: 100_000 });
    await expect(making).rejects.toThrow();
    expect(await readdir(folder.path)).toEqual([]);
  });
});
