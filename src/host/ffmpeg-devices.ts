/** What an encoder needs before the input and in the filter chain because it runs on a device with memory of its own. */
export interface DeviceOptions {
  /** Before the inputs. */
  before: readonly string[];
  /** Ends the filter chain of pictures that were decoded by the CPU; null where the encoder takes them as they are. */
  upload: string | null;
}

const NONE: DeviceOptions = { before: [], upload: null };

/** By the family in the encoder's name. Without a named device ffmpeg takes the first that works. */
const BY_FAMILY: Readonly<Record<string, DeviceOptions>> = {
  vaapi: { before: ['-init_hw_device', 'vaapi=hw', '-filter_hw_device', 'hw'], upload: 'format=nv12,hwupload' },
  qsv: { before: ['-init_hw_device', 'qsv=hw'], upload: null },
};

/** `h264_vaapi` → its device; encoders of the CPU and NVENC (which finds its device itself) need none. */
export function deviceOptions(encoder: string): DeviceOptions {
  return BY_FAMILY[/_([a-z]+)$/.exec(encoder)?.[1] ?? ''] ?? NONE;
}

/** The least that makes an encoder encode 8-bit 4:2:0 pictures. */
export function minimalOptions(encoder: string): { before: readonly string[]; options: readonly string[] } {
  const { before, upload } = deviceOptions(encoder);
  return { before, options: [...(upload === null ? ['-pix_fmt', encoder.endsWith('_qsv') ? 'nv12' : 'yuv420p'] : ['-vf', upload]), '-c:v', encoder] };
}
