/**
 * What ffmpeg writes at `-loglevel verbose` when an encoder cannot be used: `cause` → stderr. The first two were recorded
 * here; no machine at hand has the others, so their lines are as ffmpeg's libavcodec/nvenc.c prints them.
 */
const openFailed = 'Error initializing output stream 0:0 -- Error while opening encoder for output stream #0:0 - maybe incorrect parameters such as bit_rate, rate, width or height\nConversion failed!\n';
const nvenc = (...lines: string[]): string => `${lines.map((line) => `[h264_nvenc @ 0x559cedc6c680] ${line}\n`).join('')}${openFailed}`;
const loaded = ['Loaded Nvenc version 12.1', 'Nvenc initialized successfully', '1 CUDA capable devices found'];

export const NVENC_STDERR: Readonly<Record<string, string[]>> = {
  'not-compiled-in': ["Input #0, lavfi, from 'nullsrc=s=256x256:r=30:d=0.2':\nUnknown encoder 'h264_nvenc'\n"],
  'no-driver': [nvenc('Cannot load libcuda.so.1', 'Nvenc unloaded')],
  'no-video-capability': [nvenc('Loaded lib: libcuda.so.1', 'Cannot load libnvidia-encode.so.1', 'The minimum required Nvidia driver for nvenc is 530.41.03 or newer')],
  'driver-too-old': [nvenc('Loaded lib: libnvidia-encode.so.1', 'Driver does not support the required nvenc API version. Required: 12.1 Found: 11.1', 'The minimum required Nvidia driver for nvenc is 530.41.03 or newer')],
  'no-device': [nvenc('No CUDA capable devices found'), nvenc('dl_fn->cuda_dl->cuInit(0) failed -> CUDA_ERROR_NO_DEVICE: no CUDA-capable device is detected'), nvenc('cuInit failed: -1')],
  'no-nvenc-hardware': [
    nvenc(...loaded, '[ GPU #0 - < NVIDIA A100-SXM4-40GB > has Compute SM 8.0 ]', 'OpenEncodeSessionEx failed: unsupported device (2): (no details)', 'No capable devices found'),
    // Recorded: ffmpeg 5.1.9 (Debian 12), an H100, driver 580.159.04, 2026-11-27.
    `[h264_nvenc @ 0x558bb1108240] Loaded Nvenc version 13.0
[h264_nvenc @ 0x558bb1108240] Nvenc initialized successfully
[h264_nvenc @ 0x558bb1108240] 1 CUDA capable devices found
[h264_nvenc @ 0x558bb1108240] [ GPU #0 - < NVIDIA H100 80GB HBM3 > has Compute SM 9.0 ]
[h264_nvenc @ 0x558bb1108240] OpenEncodeSessionEx failed: unsupported device (2): (no details)
[h264_nvenc @ 0x558bb1108240] No capable devices found
[h264_nvenc @ 0x558bb1108240] Nvenc unloaded
Error initializing output stream 0:0 -- Error while opening encoder for output stream #0:0 - maybe incorrect parameters such as bit_rate, rate, width or height
Conversion failed!`,
  ],
  'session-limit': [nvenc(...loaded, 'OpenEncodeSessionEx failed: out of memory (10): (no details)', 'No capable devices found'), nvenc('OpenEncodeSessionEx failed: incompatible client key (21): (no details)', 'No capable devices found')],
  'option-unsupported': [
    nvenc(...loaded, '10 bit encode not supported', 'No capable devices found'),
    nvenc(...loaded, 'B frames as references are not supported', 'No capable devices found'),
    nvenc(...loaded, 'Max B-frames 2 exceed 0', 'No capable devices found'),
    nvenc(...loaded, 'RC lookahead not supported', 'No capable devices found'),
  ],
  'too-small': [nvenc(...loaded, 'InitializeEncoder failed: invalid param (8): Frame Dimension less than the minimum supported value.')],
  'too-large': [nvenc(...loaded, 'Width 7680 exceeds 4096', 'No capable devices found')],
  'codec-unsupported': [nvenc(...loaded, 'Codec not supported', 'No capable devices found')],
  'option-unknown': ["Unrecognized option 'multipass'.\nError splitting the argument list: Option not found\n", nvenc(`[Eval @ 0x7ffd] Undefined constant or missing '(' in 'p4'`, 'Unable to parse option value "p4"', 'Error setting option preset to value p4.')],
  'odd-size': ['[libx264 @ 0x559c] width not divisible by 2 (161x91)\n' + openFailed],
  'no-device (nothing more said)': [nvenc(...loaded, 'No capable devices found')],
};
