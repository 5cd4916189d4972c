import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { atPointer } from '../../../load/json-pointer.ts';
import { formatBytes } from '../../../units.ts';
import { bodyOf, header, jsonOf, outcomeOf, statusOf, type Check } from '../talk.ts';

const DECODERS: Readonly<Record<string, (body: Buffer) => Buffer>> = { gzip: gunzipSync, br: brotliDecompressSync, deflate: inflateSync };

export const compression: Check<'compression'> = async ({ path }, talk) => {
  const plain = await talk.send({ path, headers: { 'accept-encoding': 'identity' } });
  const small = await talk.send({ path, headers: { 'accept-encoding': 'gzip, br' } });
  talk.needs(statusOf(plain) === 200, `it is answered ${outcomeOf(plain)} and not 200`);
  talk.needs(header(plain, 'content-encoding') === undefined, 'it is compressed for those who do not accept it');
  const encoding = header(small, 'content-encoding');
  const decode = DECODERS[encoding ?? ''];
  talk.needs(decode !== undefined, `gzip and br are accepted, and the answer of ${formatBytes(bodyOf(small).length)} is not compressed`);
  if (decode === undefined) return talk.found('');
  try {
    // What is answered may grow meanwhile: it must lie between the plain answers before and after it, or close to them.
    const unpacked = decode(bodyOf(small)).length;
    const lengths = [bodyOf(plain).length, bodyOf(await talk.send({ path, headers: { 'accept-encoding': 'identity' } }, { quiet: true })).length];
    talk.needs(unpacked >= 0.9 * Math.min(...lengths) && unpacked <= 1.1 * Math.max(...lengths), `unpacked it has ${formatBytes(unpacked)}, plain ${formatBytes(bodyOf(plain).length)}`);
  } catch {
    talk.needs(false, `what is said to be ${encoding ?? ''} cannot be unpacked`);
  }
  talk.needs(bodyOf(small).length < bodyOf(plain).length, `compressed it is no smaller: ${formatBytes(bodyOf(small).length)} of ${formatBytes(bodyOf(plain).length)}`);
  return talk.found(`${encoding ?? ''}: ${formatBytes(bodyOf(small).length)} in place of ${formatBytes(bodyOf(plain).length)}`);
};

export const pagination: Check<'pagination'> = async ({ path, limit, offset, items, most }, talk) => {
  const page = async (size: number, from: number): Promise<unknown[] | null> => {
    const reply = await talk.send({ path: `${path}${path.includes('?') ? '&' : '?'}${limit}=${size}&${offset}=${from}` });
    const document = jsonOf(reply);
    const list = document === undefined ? undefined : atPointer(document, items);
    return statusOf(reply) === 200 && Array.isArray(list) ? list : null;
  };
  const [first, second] = [await page(1, 0), await page(1, 1)];
  talk.needs(first !== null && second !== null, `a page of 1 has no list at ${items}`);
  if (first === null || second === null) return talk.found('');
  talk.needs(first.length <= 1 && second.length <= 1, `a page of 1 has ${Math.max(first.length, second.length)} entries`);
  talk.needs(first.length === 1, 'there is nothing to list: the check needs at least two entries');
  talk.needs(first.length === 0 || JSON.stringify(first) !== JSON.stringify(second), 'the second page is the first again');
  const endless = await page(1_000_000, 0);
  talk.needs(endless === null || endless.length <= most, `a page of 1,000,000 is given with ${endless?.length ?? 0} entries, more than ${most}`);
  return talk.found(`pages of 1 differ; a page of 1,000,000 is ${endless === null ? 'refused' : `cut to ${endless.length}`}`);
};
