import { createReadStream, readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import type { BodyPlan, FilePlan, PartPlan } from './plan.ts';
import { fill, type Variables } from './template.ts';

/** A body ready to be sent: in memory, or read while it is sent, as fast as the connection takes it. */
export type Body = { type: 'bytes'; bytes: Buffer | null } | { type: 'stream'; length: number; open: () => Readable };

/** Files up to this size are read once and kept. */
const KEPT_FILE_BYTES = 1_048_576;
const READ_BYTES = 65_536;
const LINE = '\r\n';

/** How bodies of a plan come to be: `of` is asked for every sending, files are looked at once. */
export class BodySource {
  readonly #plan: BodyPlan;
  readonly #kept = new Map<string, Buffer>();

  constructor(plan: BodyPlan) {
    this.#plan = plan;
    const files = plan.type === 'file' ? [plan] : plan.type === 'multipart' ? plan.parts.flatMap(({ content }) => (content.type === 'file' ? [content] : [])) : [];
    for (const { path, bytes } of files) if (bytes <= KEPT_FILE_BYTES) this.#kept.set(path, readFileSync(path));
  }

  of(variables: Variables): Body {
    const plan = this.#plan;
    switch (plan.type) {
      case 'none':
        return { type: 'bytes', bytes: null };
      case 'text':
        return { type: 'bytes', bytes: Buffer.from(fill(plan.text, variables)) };
      case 'file': {
        const kept = this.#kept.get(plan.path);
        return kept === undefined ? { type: 'stream', length: plan.bytes, open: () => fileStream(plan) } : { type: 'bytes', bytes: kept };
      }
      case 'multipart':
        return this.#multipart(plan.boundary, plan.parts, variables);
    }
  }

  #multipart(boundary: string, parts: readonly PartPlan[], variables: Variables): Body {
    const pieces: (Buffer | FilePlan)[] = [];
    for (const part of parts) {
      pieces.push(Buffer.from(`--${boundary}${LINE}${headOf(part)}${LINE}`));
      if (part.content.type === 'value') pieces.push(Buffer.from(fill(part.content.text, variables)));
      else pieces.push(this.#kept.get(part.content.path) ?? part.content);
      pieces.push(Buffer.from(LINE));
    }
    pieces.push(Buffer.from(`--${boundary}--${LINE}`));
    const inMemory = pieces.filter((piece) => Buffer.isBuffer(piece));
    if (inMemory.length === pieces.length) return { type: 'bytes', bytes: Buffer.concat(inMemory) };
    const length = pieces.reduce((total, piece) => total + (Buffer.isBuffer(piece) ? piece.length : piece.bytes), 0);
    return { type: 'stream', length, open: () => Readable.from(inTurn(pieces), { objectMode: false, highWaterMark: READ_BYTES }) };
  }
}

async function* inTurn(pieces: readonly (Buffer | FilePlan)[]): AsyncGenerator<Buffer> {
  for (const piece of pieces) {
    if (Buffer.isBuffer(piece)) yield piece;
    else yield* fileStream(piece) as AsyncIterable<Buffer>;
  }
}

/** As much of the file as it had when the length was worked out. */
function fileStream({ path, bytes }: FilePlan): Readable {
  return createReadStream(path, { end: bytes - 1, highWaterMark: READ_BYTES });
}

/** The head of a part, RFC 7578; quotes and line breaks in names as browsers write them. */
function headOf({ name, filename, contentType }: PartPlan): string {
  const quoted = (text: string): string => `"${text.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A')}"`;
  const disposition = `content-disposition: form-data; name=${quoted(name)}${filename === null ? '' : `; filename=${quoted(filename)}`}${LINE}`;
  return disposition + (contentType === null ? '' : `content-type: ${contentType}${LINE}`);
}
