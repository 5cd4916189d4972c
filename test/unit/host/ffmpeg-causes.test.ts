import { expect, test } from 'vitest';
import { encodeCause, encoderCause, inputCause } from '../../../src/host/ffmpeg-causes.ts';
import { NVENC_STDERR } from '../../support/encode/nvenc-stderr.ts';

test.each(Object.entries(NVENC_STDERR))('%s is named by what ffmpeg wrote', (cause, recorded) => {
  for (const stderr of recorded) expect(encoderCause(stderr).cause).toBe(cause.replace(/ .*/, ''));
});

test('a reason carries what ffmpeg said, without addresses; a remedy says what to do', () => {
  const rows = Object.values(NVENC_STDERR).map(([stderr = '']) => encoderCause(stderr)).map(({ cause, reason, remedy }) => `${cause}: ${reason} → ${remedy}`);
  expect(rows.join('\n')).not.toContain('0x');
  expect(rows.join('\n')).toMatchInlineSnapshot(`
    "not-compiled-in: this ffmpeg was built without it (Unknown encoder 'h264_nvenc') → use a build that has it (FFMPEG_PATH names the ffmpeg to use)
    no-driver: no NVIDIA driver in reach (Cannot load libcuda.so.1) → install the NVIDIA driver, or pass the GPU into the container (docker run --gpus all)
    no-video-capability: the driver is there, its encode library is not (Cannot load libnvidia-encode.so.1) → give the container the video capability: NVIDIA_DRIVER_CAPABILITIES=compute,video,utility
    driver-too-old: ffmpeg was built for a newer driver than the one installed (Driver does not support the required nvenc API version. Required: 12.1 Found: 11.1) → upgrade the NVIDIA driver to 530.41 or newer, or use an older ffmpeg build
    no-device: the driver finds no usable GPU (No CUDA capable devices found) → check nvidia-smi, CUDA_VISIBLE_DEVICES, and that the GPU is passed into the container
    no-nvenc-hardware: this GPU has no NVENC (A100, H100 and other compute cards have none) (OpenEncodeSessionEx failed: unsupported device (2): (no details)) → use a GPU with NVENC (GeForce, RTX, T4, L4, L40)
    session-limit: the driver opens no more encode sessions (or the GPU is out of memory) (OpenEncodeSessionEx failed: out of memory (10): (no details)) → lower the concurrency, or end other programs that encode on this GPU; consumer cards allow 3, 5 or 8 sessions by driver age
    option-unsupported: the encoder works here, but not with one of the options (10 bit encode not supported) → change that option in the output section, for example bFrames: 0 or another preset
    too-small: the picture is smaller than this encoder takes (Frame Dimension less than the minimum supported value.) → use a larger clip or output.height
    too-large: the picture is larger than this encoder takes (Width 7680 exceeds 4096) → set output.height lower
    codec-unsupported: this GPU does not encode this codec (Codec not supported) → use a newer GPU or another codec
    option-unknown: this ffmpeg build is too old for one of the options (Unrecognized option 'multipass') → use ffmpeg 4.4 or newer (FFMPEG_PATH names the ffmpeg to use)
    odd-size: yuv420p needs an even width and height (width not divisible by 2 (161x91)) → set output.height to an even number; the width then follows evenly
    no-device: no GPU here takes this encode (No capable devices found) → run the probe by hand with -loglevel verbose, or try other options"
  `);
});

test('the driver that a build needs is named', () => {
  const needs = (version: string): string => encoderCause(`Driver does not support the required nvenc API version. Required: ${version} Found: 11.0`).remedy;
  expect(needs('11.1')).toContain('to 470.57 or newer');
  expect(needs('12.2')).toContain('to 550.54 or newer');
  expect(needs('99.9')).toBe('upgrade the NVIDIA driver, or use an older ffmpeg build');
});

test('why an encode failed although its encoder works', () => {
  expect(encodeCause('av_interleaved_write_frame(): No space left on device\nError writing trailer of file:/w/o.mp4: No space left on device')).toMatchObject({ cause: 'disk-full' });
  expect(encodeCause('frame= 12\nExiting normally, received signal 15.')).toMatchObject({ cause: 'killed', reason: 'ffmpeg was ended from outside (received signal 15)' });
  expect(encodeCause('[h264_nvenc @ 0x55] OpenEncodeSessionEx failed: incompatible client key (21): (no details)')).toMatchObject({ cause: 'session-limit' });
  expect(encodeCause('x264 [error]: malloc of size 1 failed\nCannot allocate memory')).toMatchObject({ cause: 'out-of-memory' });
});

test('what is not in the table is quoted, not guessed', () => {
  expect(encoderCause('Stream mapping:\n[foo @ 0x1] the moon is in the wrong phase\nConversion failed!\n')).toEqual({
    cause: 'unknown',
    reason: 'ffmpeg says: the moon is in the wrong phase',
    remedy: 'run the command by hand with -loglevel verbose',
  });
  expect(encoderCause('').reason).toBe('ffmpeg says: nothing');
});

test('why a file is no clip', () => {
  expect(inputCause('[mov,mp4 @ 0x1] Format mov,mp4,m4a,3gp,3g2,mj2 detected only with low score of 1, misdetection possible!\n[mov @ 0x1] moov atom not found').cause).toBe('not-a-video');
  expect(inputCause('[mov,mp4,m4a,3gp,3g2,mj2 @ 0x1] moov atom not found\nfile:/x.mp4: Invalid data found when processing input').cause).toBe('truncated');
  expect(inputCause("[concat @ 0x1] Format not on whitelist 'mov,matroska'\nfile:c.mp4: Invalid argument").cause).toBe('not-a-video');
});
