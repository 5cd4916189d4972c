import type { BodyPlan, PartPlan } from '../../src/load/plan.ts';
import { fill, type Values } from './values.ts';

type Multipart = Extract<BodyPlan, { type: 'multipart' }>;

const LINE = '\r\n';

/**
 * The body that the local engine sends, byte for byte: k6's own forms have their parts in any order and one of each name, and a
 * service that reads a form as it comes wants its fields before the file. @param files contents by path
 */
export function multipartBody({ boundary, parts }: Multipart, values: Values, files: Readonly<Record<string, ArrayBuffer>>): ArrayBuffer {
  const pieces: Uint8Array[] = [];
  for (const part of parts) {
    pieces.push(utf8(`--${boundary}${LINE}${headOf(part)}${LINE}`));
    pieces.push(part.content.type === 'value' ? utf8(fill(part.content.text, values)) : new Uint8Array(files[part.content.path] ?? new ArrayBuffer(0)));
    pieces.push(utf8(LINE));
  }
  pieces.push(utf8(`--${boundary}--${LINE}`));
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole.buffer;
}

/** The head of a part, RFC 7578; quotes and line breaks in names as browsers write them. */
function headOf({ name, filename, contentType }: PartPlan): string {
  const quoted = (text: string): string => `"${text.split('"').join('%22').split('\r').join('%0D').split('\n').join('%0A')}"`;
  const disposition = `content-disposition: form-data; name=${quoted(name)}${filename === null ? '' : `; filename=${quoted(filename)}`}${LINE}`;
  return disposition + (contentType === null ? '' : `content-type: ${contentType}${LINE}`);
}

/** k6 has no TextEncoder. Half a character becomes U+FFFD, as everywhere. */
export function utf8(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const char of text) {
    const said = char.codePointAt(0) ?? 0;
    const code = said >= 0xd800 && said <= 0xdfff ? 0xfffd : said;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 0x3f));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
    else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 0x3f), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
  }
  return new Uint8Array(bytes);
}
