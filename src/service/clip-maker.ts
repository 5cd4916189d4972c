import { rename, rm, stat, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { runProcess } from '../host/processes.ts';
import { burnArguments, encodeArguments, joinArguments, progressOf, type ClipParameters } from './clip.ts';

const LIMIT_MS = 600_000;

/** Runs ffmpeg for clips. Every function throws where ffmpeg fails, with what it said. */
export class ClipMaker {
  readonly #ffmpegPath: string;
  readonly #encodeCost: number;

  constructor(ffmpegPath: string, encodeCost: number) {
    this.#ffmpegPath = ffmpegPath;
    this.#encodeCost = encodeCost;
  }

  /** @param leastMs how long it takes at least: see `pace` */
  async encode(clip: ClipParameters, output: string, leastMs: number, signal: AbortSignal, onProgress: (share: number) => void): Promise<void> {
    const result = await runProcess(this.#ffmpegPath, encodeArguments(clip, output), {
      signal,
      timeoutMs: LIMIT_MS,
      onStdoutLine: (line) => {
        const progress = progressOf(line, clip.durationS);
        if (progress !== undefined) onProgress(progress);
      },
    });
    await this.#burn(clip, result.wallMs, signal);
    if (result.code !== 0) throw new Error(failureOf(result, signal));
    if (leastMs > result.wallMs) await sleep(leastMs - result.wallMs, undefined, { signal }).catch(() => Promise.reject(new Error('cancelled')));
  }

  /** Puts the parts of a clip together without encoding them again, and moves the whole to its place. Resolves to its size in bytes. */
  async finish(parts: readonly string[], file: string, signal: AbortSignal): Promise<number> {
    const [first = file] = parts;
    if (parts.length === 1) await rename(first, file);
    else await this.#join(parts, file, signal);
    return (await stat(file)).size;
  }

  async #join(parts: readonly string[], file: string, signal: AbortSignal): Promise<void> {
    const [list, whole] = [`${file}.list`, `${file}.whole`];
    try {
      await writeFile(list, parts.map((part) => `file '${part.replaceAll("'", "'\\''")}'\n`).join(''));
      const result = await runProcess(this.#ffmpegPath, joinArguments(list, whole), { signal, timeoutMs: LIMIT_MS });
      if (result.code !== 0) throw new Error(failureOf(result, signal));
      await rename(whole, file);
    } finally {
      await Promise.all([...parts, list, whole].map((each) => rm(each, { force: true })));
    }
  }

  /** The injected extra cost of an encode, as real work. */
  async #burn(clip: ClipParameters, wallMs: number, signal: AbortSignal): Promise<void> {
    const extraMs = wallMs * (this.#encodeCost - 1);
    if (extraMs > 0) await runProcess(this.#ffmpegPath, burnArguments(clip), { signal, timeoutMs: extraMs });
  }
}

function failureOf(result: Awaited<ReturnType<typeof runProcess>>, signal: AbortSignal): string {
  if (signal.aborted) return 'cancelled';
  if (result.startError !== null) return `ffmpeg cannot be started (${result.startError})`;
  if (result.timedOut) return `ffmpeg did not end within ${LIMIT_MS / 1_000} s`;
  const said = result.stderr.trim().split('\n').at(-1) ?? '';
  return `ffmpeg ${result.code === null ? `was ended by ${result.signal ?? 'a signal'}` : `exits with ${result.code}`}${said === '' ? '' : `: ${said}`}`;
}
