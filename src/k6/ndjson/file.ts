import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { BenchError, EXIT, reasonOf } from '../../errors.ts';
import { NotNdjson, PointReader, type Declared, type OnPoint, type StreamEnd } from './points.ts';

const PIECE_BYTES = 1 << 20;

export interface ReadHooks {
  signal?: AbortSignal | undefined;
  onDeclared?: (declared: Declared) => void;
}

/**
 * Reads one file of points, gzipped or not, as a stream. A file that ends in the middle is `torn`; one that is something
 * else, or cannot be read, is a BenchError (2).
 */
export async function readPoints(path: string, metrics: readonly string[], onPoint: OnPoint, { signal, onDeclared }: ReadHooks = {}): Promise<StreamEnd> {
  const reader = new PointReader(metrics, onPoint, onDeclared);
  let refused: { why: unknown } | null = null;
  const take = (piece: Buffer): void => {
    try {
      signal?.throwIfAborted();
      reader.push(piece);
    } catch (error) {
      // What a pipeline then rejects with can be its own end.
      refused = { why: error };
      throw error;
    }
  };
  let unzipping: unknown;
  try {
    if (await isGzip(path)) {
      const gunzip = createGunzip({ chunkSize: PIECE_BYTES }).once('error', (error) => (unzipping = error));
      await pipeline(createReadStream(path), gunzip, async (pieces: AsyncIterable<Buffer>) => {
        for await (const piece of pieces) take(piece);
      });
    } else await readPlain(path, take);
  } catch (rejected) {
    const thrown = whyOf(refused, rejected);
    if (signal?.aborted === true) throw new BenchError(EXIT.interrupted, 'interrupted while the points were read', { cause: thrown });
    // A gzip stream that stops: what was read up to there is sound.
    if (thrown === rejected && codeOf(unzipping) === 'Z_BUF_ERROR') return { ...reader.end(), torn: true };
    if (thrown instanceof BenchError) throw thrown;
    if (thrown instanceof NotNdjson) throw new BenchError(EXIT.usage, `${path}: ${thrown.message}`, { hint: 'Give the files that k6 wrote with --out json=FILE.ndjson (or .ndjson.gz), one for each segment.' });
    throw new BenchError(EXIT.usage, `${path} cannot be read: ${reasonOf(thrown === rejected ? (unzipping ?? thrown) : thrown)}`, { cause: thrown, hint: 'Copy the file again: it must be as k6 wrote it.' });
  }
  return reader.end();
}

function whyOf(refused: { why: unknown } | null, rejected: unknown): unknown {
  return refused === null ? rejected : refused.why;
}

/** Into the same memory again and again: a stream makes new memory for every piece, which piles up until it is collected. */
async function readPlain(path: string, take: (piece: Buffer) => void): Promise<void> {
  const file = await open(path);
  try {
    const memory = Buffer.allocUnsafeSlow(PIECE_BYTES);
    for (;;) {
      const { bytesRead } = await file.read(memory, 0, PIECE_BYTES);
      if (bytesRead === 0) return;
      take(memory.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const head = Buffer.alloc(2);
    await file.read(head, 0, 2, 0);
    return head[0] === 0x1f && head[1] === 0x8b;
  } finally {
    await file.close();
  }
}

function codeOf(thrown: unknown): unknown {
  return thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
}
