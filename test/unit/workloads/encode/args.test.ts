import { isAbsolute, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { copyable, encodeArguments, fileUrl } from '../../../../src/workloads/encode/args.ts';
import { ENCODERS, output, type OutputSpec } from '../../../../src/workloads/encode/schema.ts';

const plain: OutputSpec = { preset: 'medium', bitrate: 2_000_000, gop: 48, bFrames: 2 };
const base = { output: plain, threads: 'auto' as const, inputPath: '/clips/a.mp4', outputPath: '/tmp/o.mp4' };

test('the whole array for x264', () => {
  expect(encodeArguments({ ...base, encoder: 'libx264' }).join(' ')).toMatchInlineSnapshot(`"-nostdin -hide_banner -nostats -loglevel info -benchmark -progress pipe:1 -protocol_whitelist file,pipe -i file:/clips/a.mp4 -map 0:v:0 -an -sn -dn -c:v libx264 -preset medium -profile:v high -pix_fmt yuv420p -g 48 -bf 2 -b:v 2000000 -maxrate 3000000 -bufsize 4000000 -f mp4 -y file:/tmp/o.mp4"`);
});

test('the whole array for NVENC, slow, scaled, with threads', () => {
  expect(encodeArguments({ ...base, encoder: 'h264_nvenc', output: { ...plain, preset: 'slow', height: 720 }, threads: 2, onlySeconds: 2 }).join(' ')).toMatchInlineSnapshot(`"-nostdin -hide_banner -nostats -loglevel info -benchmark -progress pipe:1 -filter_threads 2 -protocol_whitelist file,pipe -threads 2 -t 2.000 -i file:/clips/a.mp4 -map 0:v:0 -an -sn -dn -vf scale=-2:720:flags=bicubic -c:v h264_nvenc -preset p7 -multipass fullres -rc-lookahead 32 -profile:v high -pix_fmt yuv420p -g 48 -bf 2 -rc vbr -b:v 2000000 -maxrate 3000000 -bufsize 4000000 -threads 2 -f mp4 -y file:/tmp/o.mp4"`);
});

test('rate control is the same for every encoder: one target, cap and buffer; one profile, GOP, B-frames and pixel format', () => {
  const parity = ['-profile:v', '-pix_fmt', '-g', '-bf', '-b:v', '-maxrate', '-bufsize', '-threads'];
  const of = (encoder: (typeof ENCODERS)[number]): (string | undefined)[] => {
    const args = encodeArguments({ ...base, encoder, threads: 4 });
    const after = args.indexOf('-i');
    return parity.map((option) => args[args.indexOf(option, after) + 1]);
  };
  for (const encoder of ENCODERS) expect(of(encoder)).toEqual(['high', 'yuv420p', '48', '2', '2000000', '3000000', '4000000', '4']);
});

describe('no value of a scenario becomes another argument, protocol or path', () => {
  const nasty = fc.constantFrom('-y', '-i', 'http://h/x', 'concat:a|b', 'pipe:1', 'tee:a|b', '--', '/etc/passwd', 'a b', '%d', "'", '\n-y\n', 'subfile,,start,0,,:x', '-f lavfi');
  const segment = fc.oneof(nasty, fc.string()).filter((text) => !text.includes('\0'));
  const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => resolve('/', ...parts.map((part) => part.replace(/^\/+/, ''))));
  // Whatever the schema lets through, fed with texts as a scenario could hold them.
  const anyOutput = fc
    .record({ preset: fc.oneof(fc.constantFrom('fast', 'medium', 'slow'), nasty), bitrate: fc.oneof(fc.constantFrom('2Mbit/s', '800k', '.5M', '123456789G'), nasty), gop: fc.oneof(fc.integer(), nasty), bFrames: fc.oneof(fc.integer({ min: -2, max: 8 }), nasty), height: fc.oneof(fc.integer({ min: 0, max: 9_000 }), nasty) }, { requiredKeys: [] })
    .map((value) => output.safeParse(value).data)
    .filter((value) => value !== undefined);

  // The allow-list: every word that may stand in the array, but for numbers and the two paths.
  const WORDS = new Set(
    `-nostdin -hide_banner -nostats -loglevel info -benchmark -progress pipe:1 -filter_threads -protocol_whitelist file,pipe -threads -t -i
     -map 0:v:0 -an -sn -dn -vf -c:v libx264 h264_nvenc -preset veryfast medium slow p2 p4 p7 -multipass fullres -rc-lookahead 32 -rc vbr
     -profile:v high -pix_fmt yuv420p -g -bf -b:v -maxrate -bufsize -f mp4 -y`.split(/\s+/),
  );

  test('every argument is from the allow-list, a number, or one of two paths behind file:', () => {
    fc.assert(
      fc.property(anyOutput, fc.constantFrom(...ENCODERS), fc.oneof(fc.constant('auto' as const), fc.integer({ min: 1, max: 128 })), path, path, (spec, encoder, threads, inputPath, outputPath) => {
        const args = encodeArguments({ encoder, output: spec, threads, inputPath, outputPath });
        const at = args.indexOf('-i');
        expect(args[at + 1]).toBe(`file:${inputPath}`);
        expect(args.at(-1)).toBe(`file:${outputPath}`);
        expect(args.filter((word) => word === '-i')).toHaveLength(1);
        args.forEach((word, index) => {
          if (index === at + 1 || index === args.length - 1) return;
          expect(WORDS.has(word) || /^\d+$/.test(word) || /^scale=-2:\d+:flags=bicubic$/.test(word), word).toBe(true);
        });
      }),
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
