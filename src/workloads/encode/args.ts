import { isAbsolute } from 'node:path';
import { encoderOptions, integer, outputsOf, picturesHeld, type Decoder } from './encoders.ts';
import type { Encoder, OutputSpec } from './schema.ts';

export interface EncodeArguments {
  encoder: Encoder;
  output: OutputSpec;
  threads: number | 'auto';
  /** The CPU unless told otherwise. */
  decoder?: Decoder;
  /** Real path of the clip, absolute. */
  inputPath: string;
  /** Where the encode goes, absolute. */
  outputPath: string;
  /** Encode no more than this much of the clip: for the warm-up. */
  onlySeconds?: number;
}

/**
 * The whole argument array of one encode; there is no other place that makes one. What comes from a scenario is either one
 * of a fixed set of words, a number written as digits, or a path behind `file:`, which ffmpeg reads as neither option nor
 * protocol whatever characters it has.
 */
export function encodeArguments(request: EncodeArguments): string[] {
  const { encoder, output, threads, onlySeconds, decoder = 'cpu' } = request;
  const outputs = outputsOf(output).map((each, at) => ({ ...encoderOptions(encoder, each, threads, decoder), path: outputPaths(request)[at] ?? request.outputPath }));
  const [first] = outputs;
  const several = outputs.length > 1;
  const writes = (path: string): string[] => ['-f', 'mp4', '-y', fileUrl(path)];
  return [
    ...REPORTING,
    ...(threads === 'auto' ? [] : ['-filter_threads', integer(threads)]),
    ...(first?.before ?? []),
    ...inputArguments(request.inputPath, threads, decoder, onlySeconds, picturesHeld(encoder, output) * outputs.length),
    ...(several ? ['-filter_complex', splitGraph(outputs.map(({ filter }) => filter))] : []),
    ...outputs.flatMap(({ options, path }, at) => [...(several ? ['-map', `[v${at}]`, ...NO_OTHER_STREAMS, ...options.slice(2)] : ['-map', '0:v:0', ...NO_OTHER_STREAMS, ...options]), ...writes(path)]),
  ];
}

/** Where each output goes: renditions beside the first, told by their height. */
export function outputPaths({ output, outputPath }: Pick<EncodeArguments, 'output' | 'outputPath'>): string[] {
  return outputsOf(output).map(({ height }, at) => (at === 0 ? outputPath : `${outputPath.replace(/\.mp4$/, '')}-${integer(height ?? at)}.mp4`));
}

/** One decode, as many scaled copies as there are renditions. */
function splitGraph(filters: readonly string[]): string {
  return [`[0:v:0]split=${filters.length}${filters.map((_, at) => `[s${at}]`).join('')}`, ...filters.map((filter, at) => `[s${at}]${filter}[v${at}]`)].join(';');
}

const NO_OTHER_STREAMS: readonly string[] = ['-an', '-sn', '-dn'];

/** Decodes the clip and throws the pictures away: what an encode cannot be faster than. */
export function decodeArguments({ inputPath, threads, decoder, onlySeconds }: Pick<EncodeArguments, 'inputPath' | 'threads' | 'onlySeconds'> & { decoder: Decoder }): string[] {
  return [...REPORTING, ...inputArguments(inputPath, threads, decoder, onlySeconds), ...['-map', '0:v:0', ...NO_OTHER_STREAMS, '-f', 'null', '-']];
}

const REPORTING: readonly string[] = ['-nostdin', '-hide_banner', '-nostats', '-loglevel', 'info', '-benchmark', '-progress', 'pipe:1'];

function inputArguments(inputPath: string, threads: number | 'auto', decoder: Decoder, onlySeconds?: number, heldPictures = 0): string[] {
  return [
    // The clip may not make ffmpeg open anything but files.
    ...['-protocol_whitelist', 'file,pipe'],
    ...(threads === 'auto' ? [] : ['-threads', integer(threads)]),
    // The encoder holds pictures of the decoder for its B-frames and its lookahead: without room for them "No decoder surfaces left".
    ...(decoder === 'gpu' ? ['-hwaccel', 'cuda', '-hwaccel_output_format', 'cuda', '-extra_hw_frames', integer(heldPictures)] : []),
    ...(onlySeconds === undefined ? [] : ['-t', onlySeconds.toFixed(3)]),
    ...['-i', fileUrl(inputPath)],
  ];
}

/** `file:/abs/path`: never an option, never another protocol. */
export function fileUrl(path: string): string {
  if (!isAbsolute(path) || path.includes('\0')) throw new Error(`not an absolute path: ${JSON.stringify(path)}`);
  return `file:${path}`;
}

/** The command as a person can paste it into a POSIX shell. */
export function copyable(file: string, args: readonly string[]): string {
  return [file, ...args].map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
}
