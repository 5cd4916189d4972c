/** Base64 of less than this is too short to be told from other text. */
const MIN_BASE64_BYTES = 6;

/** The ways a secret shows up in text: as it is, escaped for JSON, URLs, shells and HTML, and inside base64 at any offset. */
export function secretForms(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const url = encodeSafely(secret);
  const form = new URLSearchParams([['', secret]]).toString().slice(1);
  const forms = [secret, json, JSON.stringify(json).slice(1, -1), url, form, lowerPercents(url), lowerPercents(form)];
  forms.push(secret.replaceAll("'", String.raw`'\''`), htmlEscaped(secret), ...base64Forms(secret));
  return [...new Set(forms)].filter((each) => each !== '');
}

/** A lone surrogate has no UTF-8 and so no URL form of its own: it is encoded as the replacement character, as fetch does. */
function encodeSafely(secret: string): string {
  return encodeURIComponent(Buffer.from(secret).toString());
}

function lowerPercents(text: string): string {
  return text.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
}

function htmlEscaped(text: string): string {
  const codes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replaceAll(/[&<>"']/g, (char) => codes[char] ?? char);
}

/** Base64 of the secret where it starts at byte 0, 1 or 2 of a group (`user:secret`), without the characters its neighbours shape. */
function base64Forms(secret: string): string[] {
  const bytes = Buffer.from(secret);
  if (bytes.length < MIN_BASE64_BYTES) return bytes.length === 0 ? [] : [bytes.toString('base64')];
  return [0, 1, 2].flatMap((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64').replaceAll('=', '');
    const start = offset === 0 ? 0 : offset + 1;
    const end = (offset + bytes.length) % 3 === 0 ? text.length : text.length - 1;
    const standard = text.slice(start, end);
    return [standard, standard.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
