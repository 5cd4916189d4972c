import { BenchError, EXIT } from '../../errors.ts';
import type { BodyPlan, MatchPlan, RequestPlan } from '../../load/plan.ts';
import type { Form, Reference, Template } from '../../load/template.ts';
import type { PartOf } from '../make-plan.ts';

/** Stands for a secret while a scenario is read whose secrets are known elsewhere only. */
export function placeholderOf(name: string): string {
  return `readybench:secret:${name}:0f4c`;
}

const PLACEHOLDER = /readybench:secret:([A-Za-z_]\w*):0f4c/g;

/**
 * The same parts with references in place of the placeholders, wherever the script fills in templates: k6 puts the values in from
 * its environment. Throws a BenchError (2) for a secret that stands anywhere else, a regular expression for one.
 */
export function withSecretReferences(parts: readonly PartOf[]): PartOf[] {
  return parts.map(({ load, setup, ...part }) => {
    const referring: PartOf = { ...part, load: { ...load, flows: load.flows.map((flow) => ({ ...flow, steps: flow.steps.map(stepOf) })) }, setup: setup.map(stepOf) };
    refuseSecrets(part.workload, { setup: referring.setup, load: { ...referring.load, data: load.data === null ? null : { ...load.data, rows: [] } } });
    return referring;
  });
}

function stepOf(step: RequestPlan): RequestPlan {
  const { path, headers, body, expect } = step;
  const isJson = /json/.test(JSON.stringify(headers['content-type'] ?? ''));
  const matching = <T extends { match: MatchPlan }>(each: T, form: Form): T => (each.match.type === 'equals' ? { ...each, match: { ...each.match, to: referring(each.match.to, form) } } : each);
  return {
    ...step,
    path: referring(path, 'path'),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, referring(value, 'text')])),
    body: bodyOf(body, isJson ? 'json-text' : 'text'),
    expect: {
      ...expect,
      bodyIncludes: expect.bodyIncludes === null ? null : referring(expect.bodyIncludes, 'text'),
      // What a value must be is JSON text.
      json: expect.json.map((each) => matching(each, 'json-text')),
      headers: expect.headers.map((each) => matching(each, 'text')),
    },
  };
}

function bodyOf(body: BodyPlan, form: Form): BodyPlan {
  if (body.type === 'text') return { ...body, text: referring(body.text, form) };
  if (body.type !== 'multipart') return body;
  return { ...body, parts: body.parts.map((part) => (part.content.type === 'value' ? { ...part, content: { ...part.content, text: referring(part.content.text, 'text') } } : part)) };
}

/** The template with its placeholders as references; a plain string where it has none. */
function referring(template: Template, form: Form): Template {
  if (typeof template === 'string') return template.search(PLACEHOLDER) < 0 ? template : cut(template, form);
  return template.flatMap((part) => (typeof part === 'string' ? cut(part, form) : [part]));
}

function cut(text: string, form: Form): (string | Reference)[] {
  return piecesOf(text).map((piece) => (typeof piece === 'string' ? piece : { ref: `secret.${piece.secret}`, as: form }));
}

/** A text cut at its placeholders. */
export function piecesOf(text: string): (string | { secret: string })[] {
  const pieces: (string | { secret: string })[] = [];
  let end = 0;
  for (const match of text.matchAll(PLACEHOLDER)) {
    if (match.index > end) pieces.push(text.slice(end, match.index));
    pieces.push({ secret: match[1] ?? '' });
    end = match.index + match[0].length;
  }
  return end < text.length ? [...pieces, text.slice(end)] : pieces;
}

/** How the scenario calls the places in a plan that hold no template. */
const PLACES: readonly [RegExp, string][] = [
  [/\.bodyMatches$/, 'bodyMatches of expect'],
  [/\.match\.pattern$/, 'a regular expression of expect'],
  [/\.from\.(pattern|pointer|header)$/, 'capture'],
  [/\.json\.\d+\.pointer$/, 'a pointer of expect'],
  [/\.generate\./, 'data.generate'],
  [/\.parts\.\d+\./, 'a part’s own name or type in multipart'],
];

/** Throws a BenchError (2) for a placeholder anywhere in a value: it would be sent as if it were the secret. */
export function refuseSecrets(workload: string, value: unknown): void {
  const found = firstIn(value, '');
  if (found === null) return;
  const place = PLACES.find(([pattern]) => pattern.test(found.at))?.[1] ?? found.at.slice(1);
  throw new BenchError(EXIT.usage, `${workload}: \${secret.${found.name}} stands in ${place}, where the k6 script cannot put a secret in`, {
    hint: 'In an export secrets can stand in paths, values of headers, bodies, and what an answer is compared with. Use ${env.X} where it is no secret.',
  });
}

function firstIn(value: unknown, at: string): { name: string; at: string } | null {
  if (typeof value === 'string') {
    const [match] = value.matchAll(PLACEHOLDER);
    return match?.[1] === undefined ? null : { name: match[1], at };
  }
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, each] of Object.entries(value)) {
    const found = firstIn(each, `${at}.${key}`);
    if (found !== null) return found;
  }
  return null;
}
