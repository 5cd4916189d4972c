import fc from 'fast-check';
import { expect, test } from 'vitest';
import { progressParser, type ProgressBlock } from '../../../../src/workloads/encode/progress.ts';

function read(text: string): ProgressBlock[] {
  const blocks: ProgressBlock[] = [];
  const line = progressParser((block) => blocks.push(block));
  text.split(/\r?\n/).forEach(line);
  return blocks;
}

test('a block of ffmpeg 5.1: out_time_ms is in microseconds, N/A is nothing', () => {
  const text = `frame=1\nfps=0.00\nstream_0_0_q=0.0\nbitrate=N/A\ntotal_size=48\nout_time_us=N/A\nout_time_ms=N/A\nout_time=N/A\ndup_frames=0\ndrop_frames=0\nspeed=N/A\nprogress=continue
frame=72\nfps=71.53\nstream_0_0_q=-1.0\nbitrate= 362.9kbits/s\ntotal_size=130433\nout_time_us=2875081\nout_time_ms=2875081\nout_time=00:00:02.875081\ndup_frames=2\ndrop_frames=1\nspeed=5.18x\nprogress=end`;
  expect(read(text)).toEqual([
    { frame: 1, fps: 0, outTimeMs: null, totalBytes: 48, dupFrames: 0, dropFrames: 0, speed: null, end: false },
    { frame: 72, fps: 71.53, outTimeMs: 2875.081, totalBytes: 130433, dupFrames: 2, dropFrames: 1, speed: 5.18, end: true },
  ]);
});

test('older versions have out_time_ms alone, and a time before the first picture is not known yet', () => {
  expect(read('frame=3\nout_time_ms=125000\nprogress=continue')).toMatchObject([{ frame: 3, outTimeMs: 125 }]);
  expect(read('frame=0\nout_time_ms=-577014\nprogress=continue')).toMatchObject([{ frame: 0, outTimeMs: null }]);
});

test('a speed too large for its column is written with an exponent', () => {
  expect(read('frame=3\nspeed=1.02e+03x\nprogress=end')).toMatchObject([{ speed: 1_020 }]);
});

test('any figures come back as they were written, padded or not, and a torn block never does', () => {
  const block = fc.record({ frame: fc.nat(), fps: fc.double({ min: 0, max: 9_999, noNaN: true }), bytes: fc.nat(), us: fc.nat(), pad: fc.nat(5) });
  fc.assert(
    fc.property(fc.array(block, { maxLength: 20 }), fc.nat(4), (blocks, torn) => {
      const lines = blocks.flatMap(({ frame, fps, bytes, us, pad }) => [
        `frame=${' '.repeat(pad)}${frame}`, `fps=${' '.repeat(pad)}${fps.toFixed(2)}`, `total_size=${bytes}`, `out_time_ms=${us}`, 'progress=continue',
      ]);
      const whole = read([...lines, ...lines.slice(0, Math.min(torn, lines.length))].join('\n'));
      expect(whole.map(({ frame, fps, totalBytes, outTimeMs }) => ({ frame, fps, totalBytes, outTimeMs }))).toEqual(
        blocks.map(({ frame, fps, bytes, us }) => ({ frame, fps: Number(fps.toFixed(2)), totalBytes: bytes, outTimeMs: us / 1_000 })),
      );
    }),
  );
});

test('no text makes it throw or yield anything but finite figures', () => {
  const lines = fc.array(fc.oneof(fc.string(), fc.constantFrom('progress=continue', 'progress=end', 'frame=N/A', 'frame=-1', 'fps=nan', 'speed=infx', '=', 'frame')));
  fc.assert(
    fc.property(lines, (texts) => {
      for (const { end, ...figures } of read(texts.join('\n'))) {
        expect(typeof end).toBe('boolean');
        for (const value of Object.values(figures)) expect(value === null || (Number.isFinite(value) && value >= 0)).toBe(true);
      }
    }),
  );
});
