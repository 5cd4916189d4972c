import { expect, test } from 'vitest';
import { notMeasured, probeEncoder, probeEncoders } from '../../../src/host/ffmpeg-probe.ts';
import { ANY } from '../../support/encode/media.ts';

const tool = { path: ANY.ffmpeg };

test('an encoder that works is available, with real options too', async () => {
  const use = { width: 320, height: 180, framesPerSecond: 23.976, before: [], options: ['-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p', '-b:v', '500000'] };
  const probe = await probeEncoder(tool, 'libx264', use);
  expect(probe).toEqual({ encoder: 'libx264', status: 'available', device: null });
  expect(notMeasured(probe)).toBeNull();
});

test('options that it does not take are told from an encoder that cannot run', async () => {
  const options = ['-c:v', 'libx264', '-pix_fmt', 'yuv420p'];
  expect(await probeEncoder(tool, 'libx264', { width: 161, height: 90, framesPerSecond: 25, before: [], options })).toMatchObject({ step: 'with-options', cause: { cause: 'odd-size' } });
  expect(await probeEncoder(tool, 'libx264', { width: 160, height: 90, framesPerSecond: 25, before: [], options: [...options, '-nosuch', '1'] })).toMatchObject({ step: 'with-options', cause: { cause: 'option-unknown' } });
});

test('an encoder that this build lacks says so', async () => {
  const probe = await probeEncoder(tool, 'no_such_encoder');
  expect(notMeasured(probe)).toEqual({
    what: 'no_such_encoder',
    cause: 'not-compiled-in',
    reason: "this ffmpeg was built without it (Unknown encoder 'no_such_encoder')",
    remedy: 'use a build that has it (FFMPEG_PATH names the ffmpeg to use)',
  });
});

test('several, in their order', async () => {
  expect((await probeEncoders(tool, ['no_such_encoder', 'libx264'])).map(({ encoder, status }) => [encoder, status])).toEqual([['no_such_encoder', 'unavailable'], ['libx264', 'available']]);
});

test('an ffmpeg that cannot be started is a cause, and a name that is no encoder never reaches it', async () => {
  expect(await probeEncoder({ path: '/nonexistent/ffmpeg' }, 'libx264')).toMatchObject({ cause: { cause: 'not-started' } });
  await expect(probeEncoder(tool, 'libx264 -y /x')).rejects.toThrow('not the name of an encoder');
});
