/** Why ffmpeg could not do something, in words a person can act on. */
export interface Cause {
  /** Stable, kebab-case: `no-driver`. */
  cause: string;
  reason: string;
  remedy: string;
}

interface Rule {
  cause: string;
  /** What ffmpeg writes to stderr. Its exit code says nothing: builds return 1 for everything, or a byte of an error number. */
  pattern: RegExp;
  reason: string;
  remedy: string;
}

/** First NVIDIA driver (Linux) for each version of the NVENC API that builds ask for. */
const DRIVER_FOR_API: Readonly<Record<string, string>> = { '11.1': '470.57', '12.0': '520.56', '12.1': '530.41', '12.2': '550.54', '13.0': '570' };

/**
 * Why an encoder cannot be used, or not with these options. Order matters: what ffmpeg says about one option stands before
 * the general `No capable devices found`, with which it ends in both cases.
 */
const ENCODER_RULES: readonly Rule[] = [
  {
    cause: 'not-compiled-in',
    pattern: /Unknown encoder '[^']*'|Encoder not found/,
    reason: 'this ffmpeg was built without it',
    remedy: 'use a build that has it (FFMPEG_PATH names the ffmpeg to use)',
  },
  {
    cause: 'no-driver',
    pattern: /Cannot load libcuda\.so\.1|Cannot load nvcuda\.dll/,
    reason: 'no NVIDIA driver in reach',
    remedy: 'install the NVIDIA driver, or pass the GPU into the container (docker run --gpus all)',
  },
  {
    cause: 'no-video-capability',
    pattern: /Cannot load libnvidia-encode\.so\.1|Cannot load nvEncodeAPI(?:64)?\.dll/,
    reason: 'the driver is there, its encode library is not',
    remedy: 'give the container the video capability: NVIDIA_DRIVER_CAPABILITIES=compute,video,utility',
  },
  {
    cause: 'driver-too-old',
    pattern: /Driver does not support the required nvenc API version\. Required: ([\d.]+) Found: [\d.]+/,
    reason: 'ffmpeg was built for a newer driver than the one installed',
    remedy: 'upgrade the NVIDIA driver{driver}, or use an older ffmpeg build',
  },
  {
    cause: 'no-device',
    pattern: /No CUDA capable devices found|cuInit(?:\(0\))? failed.*|CUDA_ERROR_NO_DEVICE.*/,
    reason: 'the driver finds no usable GPU',
    remedy: 'check nvidia-smi, CUDA_VISIBLE_DEVICES, and that the GPU is passed into the container',
  },
  {
    cause: 'no-device',
    pattern: /Cannot open a VA display.*|No VA display found.*|Cannot open DRM render node.*|Failed to open \/dev\/dri\/\S+ as DRM device node.*|Failed to initialise VAAPI connection.*|Error (?:initializing an internal|creating a|creating an? internal) MFX session.*/,
    reason: 'no GPU in reach that this encoder runs on',
    remedy: 'pass the GPU into the container (docker run --device /dev/dri) and install its VA-API or oneVPL driver; vainfo shows what works',
  },
  {
    cause: 'codec-unsupported',
    pattern: /No usable encoding profile found.*|No usable encoding entrypoint found.*|Encoding profile not supported.*|Selected ratecontrol mode is unsupported.*/,
    reason: 'this GPU or its driver does not encode this',
    remedy: 'use another codec, GPU or driver; vainfo lists what is there',
  },
  {
    cause: 'no-nvenc-hardware',
    pattern: /OpenEncodeSessionEx failed: unsupported device \(2\).*/,
    reason: 'this GPU has no NVENC (A100, H100 and other compute cards have none)',
    remedy: 'use a GPU with NVENC (GeForce, RTX, T4, L4, L40)',
  },
  {
    cause: 'session-limit',
    pattern: /OpenEncodeSessionEx failed: (?:out of memory \(10\)|incompatible client key \(21\)).*/,
    reason: 'the driver opens no more encode sessions (or the GPU is out of memory)',
    remedy: 'lower the concurrency, or end other programs that encode on this GPU; consumer cards allow 3, 5 or 8 sessions by driver age',
  },
  {
    cause: 'too-small',
    pattern: /Frame Dimension less than the minimum.*/,
    reason: 'the picture is smaller than this encoder takes',
    remedy: 'use a larger clip or output.height',
  },
  {
    cause: 'too-large',
    pattern: /(?:Width|Height) \d+ exceeds \d+/,
    reason: 'the picture is larger than this encoder takes',
    remedy: 'set output.height lower',
  },
  {
    cause: 'codec-unsupported',
    pattern: /\] Codec not supported/,
    reason: 'this GPU does not encode this codec',
    remedy: 'use a newer GPU or another codec',
  },
  {
    cause: 'option-unsupported',
    pattern:
      /10 bit encode not supported|Max B-frames \d+ exceed \d+|(?:Each B frame|Middle B frames?|B frames?) as references? (?:is |are )?not supported|(?:RC lookahead|Lookahead|Temporal AQ|Weighted Prediction|CABAC entropy coding|YUV444P|Lossless encoding|Interlaced encoding is) not supported.*|(?:B frames as references|Multiple reference frames) need SDK.*/i,
    reason: 'the encoder works here, but not with one of the options',
    remedy: 'change that option in the output section, for example bFrames: 0 or another preset',
  },
  {
    cause: 'option-unknown',
    pattern: /Unrecognized option '[^']*'|Undefined constant or missing '\(' in '[^']*'|Unable to parse option value "[^"]*"|Error setting option [^\n]*/,
    reason: 'this ffmpeg build is too old for one of the options',
    remedy: 'use ffmpeg 4.4 or newer (FFMPEG_PATH names the ffmpeg to use)',
  },
  {
    cause: 'odd-size',
    pattern: /(?:width|height) not divisible by 2 \(\d+x\d+\)/,
    reason: 'yuv420p needs an even width and height',
    remedy: 'set output.height to an even number; the width then follows evenly',
  },
  {
    cause: 'no-lavfi',
    pattern: /Unknown input format: '?lavfi'?/,
    reason: 'this ffmpeg build cannot make a test picture',
    remedy: 'use a build with lavfi (FFMPEG_PATH names the ffmpeg to use)',
  },
  {
    cause: 'no-device',
    pattern: /No capable devices found|Provided device doesn't support required NVENC features/,
    reason: 'no GPU here takes this encode',
    remedy: 'run the probe by hand with -loglevel verbose, or try other options',
  },
];

/** Why the GPU does not decode a clip. ffmpeg says so, goes on with the CPU and ends well. */
const DECODER_RULES: readonly Rule[] = [
  {
    cause: 'no-driver',
    pattern: /Could not dynamically load CUDA|Cannot load libcuda\.so\.1/,
    reason: 'no NVIDIA driver in reach',
    remedy: 'install the NVIDIA driver, or pass the GPU into the container (docker run --gpus all)',
  },
  {
    cause: 'no-video-capability',
    pattern: /Cannot load libnvcuvid\.so\.1/,
    reason: 'the driver is there, its decode library is not',
    remedy: 'give the container the video capability: NVIDIA_DRIVER_CAPABILITIES=compute,video,utility',
  },
  {
    cause: 'decoder-unsupported',
    pattern: /Failed setup for format cuda.*|Hardware is lacking required capabilities|No device available for decoder.*/,
    reason: 'the GPU does not decode this clip, and ffmpeg would decode it on the CPU instead',
    remedy: 'use a clip of a codec and size that this GPU decodes, or leave full-gpu out of encode.modes',
  },
];

/** Why one encode failed although its encoder works here. */
const ENCODE_RULES: readonly Rule[] = [
  { cause: 'disk-full', pattern: /.*(?:No space left on device|Disk quota exceeded).*/, reason: 'no space left for the output', remedy: 'free some space, or let TMPDIR point at a larger disk' },
  { cause: 'file-size-limit', pattern: /.*File too large.*/, reason: 'the output is larger than a file may be here', remedy: 'raise the limit (ulimit -f), or let TMPDIR point at another file system' },
  { cause: 'killed', pattern: /received signal \d+/, reason: 'ffmpeg was ended from outside', remedy: 'find out what ended it: another user, a supervisor or a memory limit' },
  ...ENCODER_RULES,
  { cause: 'gpu-error', pattern: /(?:EncodePicture|Failed (?:locking|unlocking) (?:input|bitstream) buffer|LockBitstream|MapInputResource)[^\n]* ?failed!?.*|Error submitting video frame to the encoder.*/, reason: 'the GPU gave up in the middle of the encode', remedy: 'look at dmesg for errors of the driver (Xid), and at the temperature of the GPU' },
  { cause: 'out-of-memory', pattern: /.*Cannot allocate memory.*/, reason: 'not enough memory', remedy: 'lower the concurrency, or raise the memory limit' },
  { cause: 'no-decoder-surfaces', pattern: /No decoder surfaces left/, reason: 'the encoder holds more pictures than the GPU decoder has', remedy: 'use the fast or medium preset (no lookahead), or leave full-gpu out of encode.modes' },
  { cause: 'input-gone', pattern: /.*No such file or directory.*/, reason: 'the clip, or the folder of the output, went away during the run', remedy: 'leave them in place while the run lasts' },
  { cause: 'no-permission', pattern: /.*Permission denied.*/, reason: 'a file could not be opened', remedy: 'check the permissions of the clip and of TMPDIR' },
  { cause: 'input-damaged', pattern: /.*(?:Invalid data found when processing input|moov atom not found).*/, reason: 'the clip could not be decoded', remedy: 'check that it plays to its end' },
];

/** Why a file cannot serve as a clip. */
const INPUT_RULES: readonly Rule[] = [
  { cause: 'missing', pattern: /.*No such file or directory.*/, reason: 'there is no such file', remedy: 'check the path' },
  { cause: 'no-permission', pattern: /.*Permission denied.*/, reason: 'it may not be read', remedy: 'check its permissions' },
  { cause: 'not-a-video', pattern: /Format not on whitelist.*|detected only with low score of \d+.*/, reason: 'it is not a video file, whatever its name says', remedy: 'name a video file (mp4, mov, mkv, webm, ts, avi and the like; playlists are not followed)' },
  { cause: 'truncated', pattern: /moov atom not found|Failed to read extradata.*|File ended prematurely.*|.*partial file|End of file|error reading header|Truncating packet.*/, reason: 'it ends before its video does', remedy: 'copy it again; the copy was cut short' },
  { cause: 'not-a-video', pattern: /.*Invalid data found when processing input.*/, reason: 'it is not a video file, whatever its name says', remedy: 'name a video file (mp4, mov, mkv, webm, ts, avi and the like)' },
];

/** Why an encoder's probe failed. */
export const encoderCause = (stderr: string): Cause => causeOf(stderr, ENCODER_RULES);
/** Why a real encode failed. */
export const encodeCause = (stderr: string): Cause => causeOf(stderr, ENCODE_RULES);
/** Why the GPU did not decode; undefined where nothing says so. */
export const decoderCause = (stderr: string): Cause | undefined => find(stderr, DECODER_RULES);
/** Why ffprobe could not read a file. */
export const inputCause = (stderr: string): Cause => causeOf(stderr, INPUT_RULES);
/** As `inputCause`; undefined where stderr holds nothing that is known to be wrong. */
export const knownInputCause = (stderr: string): Cause | undefined => find(stderr, INPUT_RULES);

function causeOf(stderr: string, rules: readonly Rule[]): Cause {
  return (
    find(stderr, rules) ?? {
      cause: 'unknown',
      reason: `ffmpeg says: ${lastWords(stderr)}`,
      remedy: 'run the command by hand with -loglevel verbose',
    }
  );
}

function find(stderr: string, rules: readonly Rule[]): Cause | undefined {
  for (const { cause, pattern, reason, remedy } of rules) {
    const match = pattern.exec(stderr);
    if (match === null) continue;
    const driver = DRIVER_FOR_API[match[1] ?? ''];
    const said = plain(match[0]);
    return { cause, reason: `${reason} (${said})`, remedy: remedy.replace('{driver}', driver === undefined ? '' : ` to ${driver} or newer`) };
  }
  return undefined;
}

/** Without ffmpeg's `[h264_nvenc @ 0x559cedc6c680]` in front: addresses differ from run to run. */
const plain = (line: string): string => line.replace(/\[[^\]]* @ 0x[0-9a-f]+\]\s*/gi, '').replace(/^\]\s*/, '').trim();

function lastWords(stderr: string): string {
  const lines = stderr.split(/[\r\n]+/).map(plain).filter((line) => line !== '' && line !== 'Conversion failed!' && !line.startsWith('bench:'));
  return lines.at(-1)?.slice(0, 300) ?? 'nothing';
}
