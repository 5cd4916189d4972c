import { runProcess } from '../../host/processes.ts';
import { fileUrl } from './args.ts';
import { scaleFilter } from './encoders.ts';
import type { QualityMeasure } from './schema.ts';

/** How near an output is to the clip it was made from. Null where not asked for, or not in this build (`missing` says why). */
export interface Quality {
  /** dB over all planes and frames; null for an output without any difference too. */
  psnr: number | null;
  ssim: number | null;
  vmaf: number | null;
  /** Pairs of frames compared. */
  frames: number;
  missing: string[];
}

export interface QualityRequest {
  ffmpeg: string;
  measures: readonly QualityMeasure[];
  outputPath: string;
  clipPath: string;
  /** Of the output, where it was scaled: the clip is scaled the same way, so that the encoder alone is judged. */
  height: number | undefined;
  /** Of the clip. An output with another number of frames is not compared. */
  frames: number;
  signal: AbortSignal;
}

const TIMEOUT_MS = 1_800_000;

/**
 * Quality of an output against its clip by ffmpeg's own filters, frame n against frame n: time bases of containers round
 * differently, and one frame off would make every moving picture a bad one. PSNR is always computed: it counts the pairs.
 */
export async function measureQuality(request: QualityRequest): Promise<Quality> {
  const { measures } = request;
  const basic = await compare(request, measures.includes('ssim') ? ['ssim'] : []);
  if (basic.frames !== request.frames) {
    const why = basic.said === '' ? `${basic.frames} pairs of frames, the clip has ${request.frames}` : basic.said;
    return { psnr: null, ssim: null, vmaf: null, frames: basic.frames, missing: [`quality was not measured: ${why}`] };
  }
  // By itself: a build without it, or without its model, must not cost the others.
  const vmaf = measures.includes('vmaf') ? await compare(request, ['libvmaf']) : null;
  const missing = vmaf !== null && vmaf.vmaf === null ? [`VMAF was not measured: ${/No such filter: 'libvmaf'/.test(vmaf.stderr) ? 'this ffmpeg was built without libvmaf' : vmaf.said}`] : [];
  return { psnr: measures.includes('psnr') ? basic.psnr : null, ssim: basic.ssim, vmaf: vmaf?.vmaf ?? null, frames: basic.frames, missing };
}

interface Compared {
  frames: number;
  psnr: number | null;
  ssim: number | null;
  vmaf: number | null;
  said: string;
  stderr: string;
}

async function compare(request: QualityRequest, more: readonly ('ssim' | 'libvmaf')[]): Promise<Compared> {
  let frames = 0;
  const args = ['-nostdin', '-hide_banner', '-nostats', '-loglevel', 'info', ...inputs(request), '-lavfi', qualityGraph(more, request.height), '-f', 'null', '-'];
  const { code, stderr } = await runProcess(request.ffmpeg, args, {
    timeoutMs: TIMEOUT_MS,
    signal: request.signal,
    onStdoutLine: (line) => {
      if (line.startsWith('n:')) frames += 1;
    },
  });
  if (code !== 0) return { frames: 0, psnr: null, ssim: null, vmaf: null, said: stderr.trim().split('\n').at(-1)?.slice(0, 200) ?? '', stderr };
  return { frames, ...parseQuality(stderr), said: '', stderr };
}

const inputs = ({ outputPath, clipPath }: QualityRequest): string[] => [outputPath, clipPath].flatMap((path) => ['-protocol_whitelist', 'file,pipe', '-i', fileUrl(path)]);

/** Output first, clip second. Frame n of one meets frame n of the other. */
export function qualityGraph(more: readonly ('ssim' | 'libvmaf')[], height: number | undefined): string {
  const aligned = 'format=yuv420p,settb=AVTB,setpts=N*40000';
  const names = ['psnr=stats_file=-', ...more];
  const chain = names.map((name, at) => `[${at === 0 ? 'd' : `o${at - 1}`}][r${at}]${name}${at === names.length - 1 ? '' : `[o${at}]`}`);
  return [`[0:v]${aligned}[d]`, `[1:v]${height === undefined ? '' : `${scaleFilter(height)},`}${aligned},split=${names.length}${names.map((_, at) => `[r${at}]`).join('')}`, ...chain].join(';');
}

/** The summaries of psnr, ssim and libvmaf on stderr. Infinite PSNR is null: there is no difference to speak of. */
export function parseQuality(stderr: string): { psnr: number | null; ssim: number | null; vmaf: number | null } {
  const figure = (pattern: RegExp): number | null => {
    const text = pattern.exec(stderr)?.[1];
    const value = text === undefined ? Number.NaN : Number(text);
    return Number.isFinite(value) ? value : null;
  };
  return { psnr: figure(/PSNR .*\baverage:([\d.]+|inf)/), ssim: figure(/SSIM .*\bAll:([\d.]+)/), vmaf: figure(/VMAF score\s*[:=]\s*([\d.]+)/) };
}
