import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runProcess } from '../../../src/host/processes.ts';
import { measureQuality, type QualityRequest } from '../../../src/workloads/encode/quality.ts';
import { ffmpeg as make, FFMPEGS, temporaryFolder, tinyClip } from '../../support/encode/media.ts';

describe.each(FFMPEGS)('with the $name ffmpeg', ({ ffmpeg }) => {
  const request = (folder: string, change: Partial<QualityRequest> = {}): QualityRequest => ({
    ffmpeg, measures: ['psnr', 'ssim'], outputPath: join(folder, 'out.mp4'), clipPath: join(folder, 'in.mp4'), height: undefined, frames: 50, signal: new AbortController().signal, ...change,
  });

  /** PSNR of 8-bit 4:2:0 pictures from their bytes, as ffmpeg averages it: over the planes by their size, over the frames by their error. */
  async function psnrByHand(folder: string, pictures: number, scale = ''): Promise<number> {
    const raw = async (name: string, filter: string): Promise<Buffer> => {
      await runProcess(ffmpeg, ['-v', 'error', '-y', '-i', join(folder, name), ...(filter === '' ? [] : ['-vf', filter]), '-f', 'rawvideo', '-pix_fmt', 'yuv420p', join(folder, `${name}.yuv`)]);
      return readFile(join(folder, `${name}.yuv`));
    };
    const [output, clip] = [await raw('out.mp4', ''), await raw('in.mp4', scale)];
    expect(output.length).toBe(clip.length);
    const frameBytes = clip.length / pictures;
    let total = 0;
    for (let at = 0; at < clip.length; at += 1) total += ((output[at] ?? 0) - (clip[at] ?? 0)) ** 2;
    return 10 * Math.log10(255 ** 2 / (total / (frameBytes * pictures)));
  }

  test('PSNR is that of the pictures themselves, SSIM that of the filter by itself, to three decimals', async () => {
    await using folder = await temporaryFolder();
    await tinyClip(join(folder.path, 'in.mp4'), { seconds: 2, size: '160x96' });
    await make(['-i', join(folder.path, 'in.mp4'), '-an', '-c:v', 'libx264', '-b:v', '60k', '-bf', '2', join(folder.path, 'out.mp4')]);
    const quality = await measureQuality(request(folder.path));
    expect(quality).toMatchObject({ frames: 50, vmaf: null, missing: [] });
    expect(quality.psnr).toBeCloseTo(await psnrByHand(folder.path, 50), 3);
    const alone = async (filter: string, pattern: RegExp): Promise<number> =>
      Number(pattern.exec((await runProcess(ffmpeg, ['-hide_banner', '-i', join(folder.path, 'out.mp4'), '-i', join(folder.path, 'in.mp4'), '-lavfi', filter, '-f', 'null', '-'])).stderr)?.[1]);
    expect(quality.ssim).toBeCloseTo(await alone('[0:v][1:v]ssim', /All:([\d.]+)/), 3);
    expect(quality.psnr).toBeCloseTo(await alone('[0:v][1:v]psnr', /average:([\d.]+)/), 3);
  });

  test('frame meets frame, whatever the containers make of the time: 24000/1001, another time base, a late start', async () => {
    await using folder = await temporaryFolder();
    await make(['-f', 'lavfi', '-i', 'testsrc2=s=160x96:r=24000/1001', '-frames:v', '50', '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', join(folder.path, 'in.mp4')]);
    await make(['-i', join(folder.path, 'in.mp4'), '-c:v', 'copy', '-output_ts_offset', '1.234', join(folder.path, 'out.mkv')]);
    const same = await measureQuality(request(folder.path, { outputPath: join(folder.path, 'out.mkv') }));
    // Not a bit of difference: no figure for PSNR, and SSIM is 1.
    expect(same).toMatchObject({ frames: 50, psnr: null, ssim: 1 });
  });

  test('a scaled output is held against the clip scaled the same way', async () => {
    await using folder = await temporaryFolder();
    await tinyClip(join(folder.path, 'in.mp4'), { seconds: 2, size: '320x192' });
    await make(['-i', join(folder.path, 'in.mp4'), '-an', '-vf', 'scale=-2:96:flags=bicubic', '-c:v', 'libx264', '-b:v', '60k', join(folder.path, 'out.mp4')]);
    const quality = await measureQuality(request(folder.path, { height: 96, measures: ['psnr'] }));
    expect(quality).toMatchObject({ frames: 50, ssim: null });
    expect(quality.psnr).toBeCloseTo(await psnrByHand(folder.path, 50, 'scale=-2:96:flags=bicubic'), 3);
  });

  test('an output of another length is not compared; VMAF is there or its absence has a reason', async () => {
    await using folder = await temporaryFolder();
    await tinyClip(join(folder.path, 'in.mp4'), { seconds: 2 });
    await make(['-i', join(folder.path, 'in.mp4'), '-an', '-c', 'copy', join(folder.path, 'out.mp4')]);
    expect(await measureQuality(request(folder.path, { frames: 49 }))).toMatchObject({ psnr: null, ssim: null, missing: ['quality was not measured: 50 pairs of frames, the clip has 49'] });
    const { vmaf, missing, frames } = await measureQuality(request(folder.path, { measures: ['vmaf'] }));
    expect(frames).toBe(50);
    if (vmaf === null) expect(missing.join()).toMatch(/^VMAF was not measured: ./);
    else expect(vmaf).toBeGreaterThan(90);
  });
});
