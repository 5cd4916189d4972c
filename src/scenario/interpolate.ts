import { suggestion } from './nearest.ts';

/**
 * References in the text of a scenario: `${env.X}`, `${env.X:-default}`, `${secret.X}`, `${name}` for a value captured
 * while the workload runs, `${data.name}` for one of an iteration's row. `$${` writes a plain `${`.
 */
export type Piece =
  | { kind: 'text'; written: string }
  | { kind: 'escaped'; written: string }
  | { kind: 'env'; written: string; name: string; fallback: string | undefined }
  | { kind: 'secret'; written: string; name: string }
  | { kind: 'capture'; written: string; name: string }
  | { kind: 'wrong'; written: string; why: string };

export type Environment = Readonly<Record<string, string | undefined>>;

/** The text cut into references and what lies between them; the `written` parts put together are the text again. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(/\$\$\{|\$\{([^{}]*)\}|\$\{/g)) {
    if (match.index > end) found.push({ kind: 'text', written: text.slice(end, match.index) });
    found.push(reference(match[0], match[1]));
    end = match.index + match[0].length;
  }
  if (end < text.length) found.push({ kind: 'text', written: text.slice(end) });
  return found;
}

function reference(written: string, inner: string | undefined): Piece {
  if (written === '$${') return { kind: 'escaped', written };
  if (inner === undefined) return { kind: 'wrong', written, why: 'is not closed by }: close it, or write $${ for the plain characters' };
  const env = /^env\.([A-Za-z_]\w*)(?::-(.*))?$/s.exec(inner);
  if (env?.[1] !== undefined) return { kind: 'env', written, name: env[1], fallback: env[2] };
  const secret = /^secret\.([A-Za-z_]\w*)$/.exec(inner);
  if (secret?.[1] !== undefined) return { kind: 'secret', written, name: secret[1] };
  if (/^(?:data\.)?[A-Za-z_]\w*$/.test(inner)) return { kind: 'capture', written, name: inner };
  return { kind: 'wrong', written, why: whyWrong(inner) };
}

function whyWrong(inner: string): string {
  if (/^secret\.\w+:-/.test(inner)) return 'gives a secret a default, which would be no secret: set it in the environment';
  if (/^env\.\w+[:=?+-]/.test(inner)) return 'is not a reference: a default is written ${env.NAME:-default}';
  const source = /^(\w+)\./.exec(inner)?.[1];
  if (source !== undefined && source !== 'env' && source !== 'secret') {
    return `is not a reference: unknown source ${source}, ${suggestion(source, ['env', 'secret', 'data'])}`;
  }
  return 'is not a reference: write ${env.NAME}, ${env.NAME:-default}, ${secret.NAME} or ${captured}; $${ for the plain characters';
}

/** NUL can stand neither in an environment variable nor in a YAML file: what it marks cannot have been written by anyone. */
const MARK = '\0';

/** Text after the environment is put in. Secrets and escapes are still marked: see `finish`. */
export interface Resolved {
  marked: string;
  /** Variables without a value and without a default. */
  unset: { kind: 'env' | 'secret'; name: string; written: string; why: 'unset' | 'empty' }[];
  wrong: { written: string; why: string }[];
  secrets: { name: string; value: string }[];
  /** True where the whole text is one `${env.X}`: its value may be a number or a truth value. */
  whole: boolean;
}

/** Puts the environment into a text. As in a shell, `:-` also covers a variable that is set but empty. */
export function resolve(text: string, env: Environment): Resolved {
  const parts = pieces(text);
  const resolved: Resolved = { marked: '', unset: [], wrong: [], secrets: [], whole: parts.length === 1 && parts[0]?.kind === 'env' };
  for (const piece of parts) resolved.marked += put(piece, env, resolved);
  return resolved;
}

function put(piece: Piece, env: Environment, resolved: Resolved): string {
  switch (piece.kind) {
    case 'text':
    case 'capture':
      return piece.written;
    case 'escaped':
      return `${MARK}{`;
    case 'wrong':
      resolved.wrong.push(piece);
      return '';
    case 'env': {
      const value = piece.fallback === undefined ? env[piece.name] : env[piece.name] || piece.fallback;
      if (value === undefined) resolved.unset.push({ ...piece, why: 'unset' });
      return (value ?? '').replaceAll('${', `${MARK}{`);
    }
    case 'secret': {
      const value = env[piece.name];
      if (value === undefined || value === '') resolved.unset.push({ ...piece, why: value === undefined ? 'unset' : 'empty' });
      else resolved.secrets.push({ name: piece.name, value });
      return `${MARK}<${piece.name}>`;
    }
  }
}

/** Marked text → final text: escapes become `${`, each secret what `secret` makes of its name. */
export function finish(marked: string, secret: (name: string) => string): string {
  return marked.replaceAll(/\0(?:\{|<(\w+)>)/g, (_, name: string | undefined) => (name === undefined ? '${' : secret(name)));
}

/** `finish` for every text in a value, keys left alone. */
export function finishAll<T>(value: T, secret: (name: string) => string): T;
export function finishAll(value: unknown, secret: (name: string) => string): unknown {
  if (typeof value === 'string') return finish(value, secret);
  if (Array.isArray(value)) return value.map((each: unknown) => finishAll(each, secret));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]: [string, unknown]) => [key, finishAll(each, secret)]));
}

/** How a secret is shown wherever a person may read it. */
export const asReference = (name: string): string => `\${secret.${name}}`;

/** Names of captured values a marked text uses, and of escaped look-alikes (`$${id}`), which must not collide with them. */
export function captureNames(marked: string): { used: string[]; escaped: string[] } {
  const names = (pattern: RegExp): string[] => [...marked.matchAll(pattern)].map((match) => match[1] ?? '');
  return { used: names(/\$\{((?:data\.)?[A-Za-z_]\w*)\}/g), escaped: names(/\0\{((?:data\.)?[A-Za-z_]\w*)\}/g) };
}

/** The number or truth value a text is in YAML's core schema, or `undefined` when it is only text. */
export function asScalar(text: string): number | boolean | undefined {
  if (/^(true|True|TRUE)$/.test(text)) return true;
  if (/^(false|False|FALSE)$/.test(text)) return false;
  return /^[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?$/.test(text) ? Number(text) : undefined;
}
