import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { runRecord, type RunRecord } from './schema.ts';
import { secretForms } from './secret-forms.ts';

export const REDACTED = '[redacted]';

/** Shorter secrets are replaced only where they are the whole text: a secret "1" must not blank every figure. */
const MIN_SUBSTRING = 4;

/** Their values are credentials. */
export const CREDENTIAL_HEADERS = ['authorization', 'proxy-authorization', 'cookie', 'set-cookie', 'x-api-key', 'x-auth-token'];
const QUERY_NAMES = 'access_token|auth_token|id_token|refresh_token|token|api[-_]?key|apikey|key|secret|client_secret|password|passwd|pwd|signature|sig|x-amz-signature|x-amz-credential|x-amz-security-token';

/** A reference to a secret, `${secret.X}` or `${env.X}`, is no secret. */
const REFERENCE = /^(?:\w+\s+)?\$\{[^}]*\}$/;

const HEADER_IN_TEXT = new RegExp(String.raw`((?:^|[^\w-])["']?(?:${CREDENTIAL_HEADERS.join('|')})["']?[ \t]*[:=][ \t]*)(?:"((?:[^"\\\n]|\\.)*)"|'([^'\n]*)'|((?:\$\{[^}\n]*\}|[^\s"'}])(?:\$\{[^}\n]*\}|[^\n"'}])*))`, 'gi');
/** Up to the last @ before the path; with a blank or a slash in it where what follows the colon can be no port. */
const URL_CREDENTIALS = /([a-z][a-z0-9+.-]*:\/\/)(?:[^\s/?#@"'<>:[]+:(?!\d+(?:[\s/?#,;"'<>)\]}]|$)|\$?\{)[^\n"'<>]{0,300}@|[^\s/?#"'<>]+@)/gi;
const URL_QUERY = new RegExp(String.raw`([?&;](?:${QUERY_NAMES})=)(?!\$\{)[^&#\s"'<>]+`, 'gi');
const JSON_FIELD = /("(?:access_?token|auth_?token|id_?token|refresh_?token|token|api[-_]?key|client_?secret|secret|password|passwd)"\s*:\s*")(?!\$\{)(?:[^"\\\n]|\\.)+(?=")/gi;
const BEARER = /\b(Bearer\s+)[A-Za-z0-9._~+/-]{20,}=*/gi;
const JSON_WEB_TOKEN = /\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g;

/** Fields that only our own code fills; random text in them may contain a short secret by chance, and must stay readable. */
const OWN_FIELDS = new Set(['id', 'encoded', 'sha256', 'hash', 'startedAt', 'endedAt']);

/** Takes secrets out of what is stored or shown. */
export interface Redactor {
  text(text: string): string;
  record(record: RunRecord): RunRecord;
}

/**
 * Redacts by value (`secrets`, also URL-encoded, base64 and JSON-escaped), by header name, and credentials in URLs.
 * References such as `${secret.X}` stay: they are what makes the record reproducible.
 */
export function createRedactor(secrets: Iterable<string>): Redactor {
  const values = [...new Set(secrets)].filter((secret) => secret !== '');
  const whole = new Set(values.flatMap(secretForms));
  const forms = values.filter((secret) => secret.length >= MIN_SUBSTRING).flatMap(secretForms).sort((a, b) => b.length - a.length);
  const pattern = forms.length === 0 ? null : new RegExp(forms.map((form) => form.replaceAll(/[.*+?^${}()|[\]\\/-]/g, String.raw`\$&`)).join('|'), 'g');
  const byValue = (text: string): string => (pattern === null ? text : text.replace(pattern, REDACTED));
  const text = (input: string): string => (whole.has(input) ? REDACTED : byValue(byShape(input)));
  return { text, record: (record) => keepVocabulary(record, walk(record, text)) };
}

function byShape(text: string): string {
  return text
    .replace(HEADER_IN_TEXT, (all: string, head: string, double?: string, single?: string, bare?: string) => {
      const value = double ?? single ?? bare ?? '';
      if (REFERENCE.test(value.trim())) return all;
      const quote = double !== undefined ? '"' : single !== undefined ? "'" : '';
      return `${head}${quote}${REDACTED}${quote}`;
    })
    .replace(URL_CREDENTIALS, `$1${REDACTED}@`)
    .replace(URL_QUERY, `$1${REDACTED}`)
    .replace(JSON_FIELD, `$1${REDACTED}`)
    .replace(BEARER, `$1${REDACTED}`)
    .replace(JSON_WEB_TOKEN, REDACTED);
}

/** The same value with every text, and every key that is not the schema's own, redacted. */
function walk<T>(value: T, text: (text: string) => string): T {
  const visit = (each: unknown): unknown => {
    if (typeof each === 'string') return text(each);
    if (Array.isArray(each)) return each.map(visit);
    if (typeof each !== 'object' || each === null) return each;
    return Object.fromEntries(
      Object.entries(each).map(([key, inner]): [string, unknown] => {
        if (OWN_FIELDS.has(key) && typeof inner === 'string') return [key, inner];
        if (CREDENTIAL_HEADERS.includes(key.toLowerCase()) && typeof inner === 'string' && !REFERENCE.test(inner)) return [key, REDACTED];
        return [schemaKeys().has(key) ? key : text(key), visit(inner)];
      }),
    );
  };
  return visit(value) as T;
}

/**
 * A secret can be an ordinary word (`pass`): where it hit one of the schema's fixed words, that word is put back, for it
 * came from the schema and not from the secret.
 */
function keepVocabulary(original: RunRecord, redacted: RunRecord): RunRecord {
  if (isDeepStrictEqual(original, redacted)) return redacted;
  for (;;) {
    const issues = runRecord.safeParse(redacted).error?.issues ?? [];
    const wrong = issues.filter((issue) => restore(original, redacted, issue.path));
    if (issues.length === 0) return redacted;
    if (wrong.length === 0) throw new Error(`redaction broke the record at ${issues.map((issue) => issue.path.join('.')).join(', ')}`);
  }
}

/** Puts the original text back at a path; false where it is the same already. */
function restore(original: unknown, redacted: unknown, path: readonly PropertyKey[]): boolean {
  const last = path.at(-1);
  const [from, into] = [at(original, path.slice(0, -1)), at(redacted, path.slice(0, -1))];
  if (last === undefined || !isObject(from) || !isObject(into)) return false;
  if (into[last] === from[last] || into[last] !== REDACTED) return false;
  into[last] = from[last];
  return true;
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((each, key) => (isObject(each) ? each[key] : undefined), value);
}

function isObject(value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === 'object' && value !== null;
}

let keys: ReadonlySet<string> | undefined;

/** Every field name of the record's schema. */
function schemaKeys(): ReadonlySet<string> {
  if (keys !== undefined) return keys;
  const found = new Set<string>();
  const collect = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(collect);
    if (!isObject(node)) return;
    if (isObject(node['properties'])) Object.keys(node['properties']).forEach((key) => found.add(key));
    Object.values(node).forEach(collect);
  };
  collect(z.toJSONSchema(runRecord));
  keys = found;
  return found;
}
