/** Which samples of a text endpoint are meant: `http_requests_total{status=~"5..",route!="/health"}`, as PromQL writes it. */
export interface Selector {
  name: string;
  matchers: readonly Matcher[];
}

export interface Matcher {
  label: string;
  operator: '=' | '!=' | '=~' | '!~';
  value: string;
  matches: (value: string) => boolean;
}

export type Parsed<T> = { ok: true; value: T } | { ok: false; wrong: string };

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*/;
const MATCHER = /^\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*"((?:[^"\\\n]|\\.)*)"\s*(,|$)/;

/** Reads a selector; `wrong` says what would be right. */
export function parseSelector(text: string): Parsed<Selector> {
  const trimmed = text.trim();
  const name = NAME.exec(trimmed)?.[0];
  if (name === undefined) return wrong('starts with no metric name');
  let rest = trimmed.slice(name.length).trim();
  if (rest === '') return { ok: true, value: { name, matchers: [] } };
  if (!rest.startsWith('{') || !rest.endsWith('}')) return wrong(`has ${JSON.stringify(rest)} behind the name: calculations need promql`);
  rest = rest.slice(1, -1).trim();
  const matchers: Matcher[] = [];
  while (rest !== '') {
    const found = MATCHER.exec(rest);
    const [whole, label, operator, raw] = found ?? [];
    if (whole === undefined || label === undefined || operator === undefined || raw === undefined) return wrong(`cannot be read at ${JSON.stringify(rest.slice(0, 40))}`);
    const matcher = matcherOf(label, operator as Matcher['operator'], unescaped(raw));
    if (typeof matcher === 'string') return wrong(matcher);
    matchers.push(matcher);
    rest = rest.slice(whole.length).trim();
  }
  return { ok: true, value: { name, matchers } };
}

/** A label that is not there counts as empty, as in PromQL. */
export function selects({ matchers }: Selector, labels: Readonly<Record<string, string>>): boolean {
  return matchers.every(({ label, matches }) => matches(labels[label] ?? ''));
}

function matcherOf(label: string, operator: Matcher['operator'], value: string): Matcher | string {
  if (operator === '=') return { label, operator, value, matches: (found) => found === value };
  if (operator === '!=') return { label, operator, value, matches: (found) => found !== value };
  let pattern: RegExp;
  try {
    pattern = new RegExp(`^(?:${value})$`, 's');
  } catch {
    return `has no regular expression in ${label}${operator}"${value}"`;
  }
  return { label, operator, value, matches: operator === '=~' ? (found) => pattern.test(found) : (found) => !pattern.test(found) };
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', '"': '"', '\\': '\\' };

/** Backslashes of label values undone; one before anything else stays, for regular expressions. */
export function unescaped(text: string): string {
  return text.includes('\\') ? text.replaceAll(/\\(.)/gs, (whole, char: string) => ESCAPES[char] ?? whole) : text;
}

const wrong = (what: string): { ok: false; wrong: string } => ({ ok: false, wrong: what });
