import { isAbsolute, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { copyable, decodeArguments, encodeArguments, fileUrl, outputPaths } from '../../../../src/workloads/encode/args.ts';
import { ENCODER_DESCRIPTIONS, encoderOptions } from '../../../../src/workloads/encode/encoders.ts';
import { PRESETS } from '../../../../src/workloads/encode/presets.ts';
import { ENCODERS, output, type Encoder, type OutputSpec } from '../../../../src/workloads/encode/schema.ts';

const plain: OutputSpec = { preset: 'medium', bitrate: 2_000_000, gop: 48, bFrames: 2 };
const base = { output: plain, threads: 'auto' as const, inputPath: '/clips/a.mp4', outputPath: '/tmp/o.mp4' };

test('the whole array for x264', () => {
  expect(encodeArguments({ ...base, encoder: 'libx264' }).join(' ')).toMatchInlineSnapshot(`"-nostdin -hide_banner -nostats -loglevel info -benchmark -progress pipe:1 -protocol_whitelist file,pipe -i file:/clips/a.mp4 -map 0:v:0 -an -sn -dn -c:v libx264 -preset medium -profile:v high -pix_fmt yuv420p -g 48 -bf 2 -b:v 2000000 -maxrate 3000000 -bufsize 4000000 -f mp4 -y file:/tmp/o.mp4"`);
});

test('the whole array for NVENC, slow, scaled, with threads', () => {
  expect(encodeArguments({ ...base, encoder: 'h264_nvenc', output: { ...plain, preset: 'slow', height: 720 }, threads: 2, onlySeconds: 2 }).join(' ')).toMatchInlineSnapshot(`"-nostdin -hide_banner -nostats -loglevel info -benchmark -progress pipe:1 -filter_threads 2 -protocol_whitelist file,pipe -threads 2 -t 2.000 -i file:/clips/a.mp4 -map 0:v:0 -an -sn -dn -vf scale=-2:720:flags=bicubic -c:v h264_nvenc -preset p7 -multipass fullres -rc-lookahead 32 -profile:v high -pix_fmt yuv420p -g 48 -bf 2 -rc vbr -b:v 2000000 -maxrate 3000000 -bufsize 4000000 -threads 2 -f mp4 -y file:/tmp/o.mp4"`);
});

test('every encoder, said in its own words', () => {
  const of = (encoder: Encoder): string => encoderOptions(encoder, { ...plain, preset: 'fast', height: 360 }, 2).options.join(' ');
  expect(Object.fromEntries(ENCODERS.map((encoder) => [encoder, of(encoder)]))).toMatchInlineSnapshot(`
    {
      "av1_nvenc": "-vf scale=-2:360:flags=bicubic -c:v av1_nvenc -preset p2 -pix_fmt yuv420p -g 48 -bf 2 -rc vbr -b:v 2000000 -maxrate 3000000 -bufsize 4000000 -threads 2",
      "av1_qsv": "-vf scale=-2:360:flags=bicubic -c:v av1_qsv -preset veryfast -profile:v main -pix_fmt nv12 -g 48 -bf 2 -b:v 2000000 -maxrate 3000000 -bufsize 4000000 -threads 2",
      "av1_vaapi": "-vf scale=-2:360:flags=bicubic,format=nv12,hwupload -c:v av1_vaapi -compression_level 7 -profile:v main -g 48 -bf 2 -rc_mode VBR -b:v 2000000 -maxrate 3000000 -bufsize 4000000 -threads 2",
      "h264_nvenc": "-vf scale=-2:360:flags=bicubic -c:v h264_nvenc -preset p2 -profile:v high -pix_fmt yuv420p -g 48 -bf 2 -rc vbr -b:v 2000000 -maxrate 3000000 -bufsize 4000000 -threads 2",
      "h264_qsv": "-vf scale=-2:360:flags=bicubic -c:v h264_qsv -preset veryfast -profile:v high -pix_fmt nv12 -g 48 -bf 2 -b:v 2000000 -maxrate 3000000 -bufsize 4000000 -threads 2",
      "h264_vaapi": "-vf scale=-2:360:flags=bicubic,format=nv12,hwupload -c:v h264_vaapi -compression_level 7 -profile:v high -g 48 -bf 2 -rc_mode VBR -b:v 2000000 -maxrate 3000000 -bufsize 4000000 -threads 2",
      "hevc_nvenc": "-vf scale=-2:360:flags=bicubic -c:v hevc_nvenc -preset p2 -profile:v main -pix_fmt yuv420p -g 48 -bf 2 -rc vbr -b:v 2000000 -maxrate 3000000 -bufsize 4000000 -threads 2",
      "hevc_qsv": "-vf scale=-2:360:flags=bicubic -c:v hevc_qsv -preset veryfast -profile:v main -pix_fmt nv12 -g 48 -bf 2 -b:v 2000000 -maxrate 3000000 -bufsize 4000000 -threads 2",
      "hevc_vaapi": "-vf scale=-2:360:flags=bicubic,format=nv12,hwupload -c:v hevc_vaapi -compression_level 7 -profile:v main -g 48 -bf 2 -rc_mode VBR -b:v 2000000 -maxrate 3000000 -bufsize 4000000 -threads 2",
      "libsvtav1": "-vf scale=-2:360:flags=bicubic -c:v libsvtav1 -preset 10 -pix_fmt yuv420p -g 48 -b:v 2000000 -svtav1-params lp=2",
      "libx264": "-vf scale=-2:360:flags=bicubic -c:v libx264 -preset veryfast -profile:v high -pix_fmt yuv420p -g 48 -bf 2 -b:v 2000000 -maxrate 3000000 -bufsize 4000000 -threads 2",
      "libx265": "-vf scale=-2:360:flags=bicubic -c:v libx265 -preset veryfast -profile:v main -pix_fmt yuv420p -g 48 -bf 2 -b:v 2000000 -maxrate 3000000 -bufsize 4000000 -x265-params open-gop=0:pools=2",
    }
  `);
  expect(encoderOptions('h264_vaapi', plain, 'auto').before).toEqual(['-init_hw_device', 'vaapi=hw', '-filter_hw_device', 'hw']);
});

test('renditions: one decode, scaled and encoded as often as asked, each into a file of its own', () => {
  const renditions = [{ height: 720, bitrate: 3_000_000 }, { height: 480, bitrate: 1_000_000 }];
  expect(encodeArguments({ ...base, encoder: 'libx264', output: { ...plain, renditions } }).join(' ')).toMatchInlineSnapshot(`"-nostdin -hide_banner -nostats -loglevel info -benchmark -progress pipe:1 -protocol_whitelist file,pipe -i file:/clips/a.mp4 -filter_complex [0:v:0]split=2[s0][s1];[s0]scale=-2:720:flags=bicubic[v0];[s1]scale=-2:480:flags=bicubic[v1] -map [v0] -an -sn -dn -c:v libx264 -preset medium -profile:v high -pix_fmt yuv420p -g 48 -bf 2 -b:v 3000000 -maxrate 4500000 -bufsize 6000000 -f mp4 -y file:/tmp/o.mp4 -map [v1] -an -sn -dn -c:v libx264 -preset medium -profile:v high -pix_fmt yuv420p -g 48 -bf 2 -b:v 1000000 -maxrate 1500000 -bufsize 2000000 -f mp4 -y file:/tmp/o-480.mp4"`);
  expect(encodeArguments({ ...base, encoder: 'h264_vaapi', output: { ...plain, renditions } }).join(' ')).toContain('[0:v:0]split=2[s0][s1];[s0]scale=-2:720:flags=bicubic,format=nv12,hwupload[v0]');
  expect(output.safeParse({ renditions: [{ height: 720, bitrate: '3Mbit/s' }] }).success).toBe(false);
});

test('the whole GPU path keeps the pictures on the GPU: decoded, scaled and encoded there', () => {
  expect(encodeArguments({ ...base, encoder: 'h264_nvenc', decoder: 'gpu', output: { ...plain, height: 720 } }).join(' ')).toMatchInlineSnapshot(`"-nostdin -hide_banner -nostats -loglevel info -benchmark -progress pipe:1 -protocol_whitelist file,pipe -hwaccel cuda -hwaccel_output_format cuda -extra_hw_frames 12 -i file:/clips/a.mp4 -map 0:v:0 -an -sn -dn -vf scale_cuda=-2:720:interp_algo=bicubic -c:v h264_nvenc -preset p4 -profile:v high -g 48 -bf 2 -rc vbr -b:v 2000000 -maxrate 3000000 -bufsize 4000000 -f mp4 -y file:/tmp/o.mp4"`);
  expect(decodeArguments({ inputPath: '/clips/a.mp4', threads: 'auto', decoder: 'gpu' }).join(' ')).toMatchInlineSnapshot(`"-nostdin -hide_banner -nostats -loglevel info -benchmark -progress pipe:1 -protocol_whitelist file,pipe -hwaccel cuda -hwaccel_output_format cuda -extra_hw_frames 0 -i file:/clips/a.mp4 -map 0:v:0 -an -sn -dn -f null -"`);
});

describe('parity: what is asked of one encoder is asked of all', () => {
  const after = (encoder: Encoder, option: string): string | undefined => {
    const { options } = encoderOptions(encoder, plain, 4);
    const at = options.indexOf(option);
    return at === -1 ? undefined : options[at + 1];
  };

  test.each(ENCODERS)('%s', (encoder) => {
    const { codec, unlike } = ENCODER_DESCRIPTIONS[encoder];
    expect(after(encoder, '-g')).toBe('48');
    expect(after(encoder, '-b:v')).toBe('2000000');
    // What an encoder cannot be told is said beside the comparison.
    if (!unlike.some((each) => each.includes('no cap'))) expect([after(encoder, '-maxrate'), after(encoder, '-bufsize')]).toEqual(['3000000', '4000000']);
    if (!unlike.some((each) => each.includes('bFrames'))) expect(after(encoder, '-bf')).toBe('2');
    expect(after(encoder, '-pix_fmt') ?? after(encoder, '-vf')).toMatch(/^(yuv420p|nv12|format=nv12,hwupload)$/);
    expect(after(encoder, '-profile:v')).toBe(codec === 'h264' ? 'high' : codec === 'hevc' ? 'main' : after(encoder, '-profile:v'));
  });

  test('each pair is in the allow-list of its encoder, and a preset of its own takes the place of the pair', () => {
    for (const encoder of ENCODERS) {
      const allowed: readonly string[] = PRESETS[encoder];
      for (const preset of Object.values(ENCODER_DESCRIPTIONS[encoder].pairs)) expect(allowed).toContain(preset);
    }
    const { options } = encoderOptions('h264_nvenc', { ...plain, preset: 'slow', presets: { h264_nvenc: 'p6' } }, 'auto');
    expect(options.slice(0, 4)).toEqual(['-c:v', 'h264_nvenc', '-preset', 'p6']);
    expect(options).not.toContain('-multipass');
  });
});

describe('no value of a scenario becomes another argument, protocol or path', () => {
  const nasty = fc.constantFrom('-y', '-i', 'http://h/x', 'concat:a|b', 'pipe:1', 'tee:a|b', '--', '/etc/passwd', 'a b', '%d', "'", '\n-y\n', 'subfile,,start,0,,:x', '-f lavfi');
  const segment = fc.oneof(nasty, fc.string()).filter((text) => !text.includes('\0'));
  const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => resolve('/', ...parts.map((part) => part.replace(/^\/+/, ''))));
  // Whatever the schema lets through, fed with texts as a scenario could hold them.
  const anyOutput = fc
    .record({ renditions: fc.array(fc.record({ height: fc.oneof(fc.integer({ min: 60, max: 4_330 }), nasty), bitrate: fc.constantFrom('2Mbit/s', '-y') }), { maxLength: 4 }), presets: fc.dictionary(fc.oneof(fc.constantFrom(...ENCODERS), nasty), fc.oneof(fc.constantFrom(...Object.values(PRESETS).flat()), nasty)), preset: fc.oneof(fc.constantFrom('fast', 'medium', 'slow'), nasty), bitrate: fc.oneof(fc.constantFrom('2Mbit/s', '800k', '.5M', '123456789G'), nasty), gop: fc.oneof(fc.integer(), nasty), bFrames: fc.oneof(fc.integer({ min: -2, max: 8 }), nasty), height: fc.oneof(fc.integer({ min: 0, max: 9_000 }), nasty) }, { requiredKeys: [] })
    .map((value) => output.safeParse(Object.fromEntries(Object.entries(value).filter(([name, field]) => output.safeParse({ [name]: field }).success))).data)
    .filter((value) => value !== undefined);

  // The allow-list: every word that may stand in the array, but for numbers and the two paths.
  const WORDS = new Set([
    ...`-nostdin -hide_banner -nostats -loglevel info -benchmark -progress pipe:1 -filter_threads -protocol_whitelist file,pipe -threads -t -i
     -init_hw_device vaapi=hw -filter_hw_device hw qsv=hw -hwaccel cuda -hwaccel_output_format -extra_hw_frames -filter_complex -map 0:v:0 -an -sn -dn -vf format=nv12,hwupload
     -c:v -preset -compression_level -multipass fullres -rc-lookahead 32 -rc vbr -rc_mode VBR -x265-params open-gop=0 -svtav1-params
     -profile:v high main -pix_fmt yuv420p nv12 -g -bf -b:v -maxrate -bufsize -f mp4 null - -y`.split(/\s+/),
    ...ENCODERS,
    ...Object.values(PRESETS).flat(),
  ]);
  const COMPOSED = /^(\d+|\[v\d\]|\[0:v:0\]split=\d(\[s\d\])+(;\[s\d\]scale(=-2:\d+:flags=bicubic(,format=nv12,hwupload)?|_cuda=-2:\d+:interp_algo=bicubic)\[v\d\])+|scale=-2:\d+:flags=bicubic(,format=nv12,hwupload)?|scale_cuda=-2:\d+:interp_algo=bicubic|open-gop=0:pools=\d+|lp=\d+)$/;

  test('every argument is from the allow-list, a number, or one of two paths behind file:', () => {
    fc.assert(
      fc.property(anyOutput, fc.constantFrom(...ENCODERS), fc.oneof(fc.constant('auto' as const), fc.integer({ min: 1, max: 128 })), fc.constantFrom('cpu' as const, 'gpu' as const), path, path, (spec, encoder, threads, decoder, inputPath, outputPath) => {
        const args = encodeArguments({ encoder, output: spec, threads, decoder, inputPath, outputPath });
        const at = args.indexOf('-i');
        expect(args[at + 1]).toBe(`file:${inputPath}`);
        expect(args.at(-1)).toBe(`file:${outputPaths({ output: spec, outputPath }).at(-1) ?? ''}`);
        expect(args.filter((word) => word === '-i')).toHaveLength(1);
        const allowed = new Set([inputPath, ...outputPaths({ output: spec, outputPath })].map((name) => `file:${name}`));
        expect(args.filter((word) => word.startsWith('file:')).every((word) => allowed.has(word))).toBe(true);
        const others = args.filter((word) => !allowed.has(word));
        expect(others.filter((word) => !WORDS.has(word) && !COMPOSED.test(word))).toEqual([]);
        const decode = decodeArguments({ inputPath, threads, decoder });
        expect(decode.filter((word) => !WORDS.has(word) && !COMPOSED.test(word))).toEqual([`file:${inputPath}`]);
      }),
      { numRuns: 60 },
    );
  });

  test('a path that is not absolute is refused before ffmpeg sees it', () => {
    fc.assert(
      fc.property(fc.oneof(nasty, fc.string()), (text) => {
        if (isAbsolute(text) && !text.includes('\0')) expect(fileUrl(text)).toBe(`file:${text}`);
        else expect(() => fileUrl(text)).toThrow('not an absolute path');
      }),
    );
  });
});

test('the copyable command is quoted for a shell', () => {
  expect(copyable('ffmpeg', ['-i', "file:/a b/it's $HOME.mp4", '-b:v', '2000000'])).toBe(`ffmpeg -i 'file:/a b/it'\\''s $HOME.mp4' -b:v 2000000`);
});
