import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { initialScenario } from '../../../src/scenario/init.ts';
import { plainJsonSchema, scenarioJsonSchema, type JsonSchema } from '../../../src/scenario/json-schema.ts';
import { parseScenario } from '../../../src/scenario/load.ts';
import { formatProblems } from '../../../src/scenario/problem.ts';
import { scenarioReference } from '../../../src/scenario/reference.ts';

const file = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const EXAMPLE = file('docs/example-scenario.yaml');
const fits = new Ajv({ strict: false, allErrors: true }).compile(scenarioJsonSchema());
const problemsOf = (text: string): string => {
  const { errors, warnings } = parseScenario(text, 'a.yaml', { env: {}, unset: 'error' });
  return formatProblems([...errors, ...warnings]);
};

describe('generated files are in step with the schema (else: npm run generate)', () => {
  it('scenarios/schema.json', () => expect(JSON.parse(file('scenarios/schema.json'))).toEqual(JSON.parse(JSON.stringify(scenarioJsonSchema()))));
  it('docs/scenarios.md', () => expect(file('docs/scenarios.md')).toBe(scenarioReference(plainJsonSchema(), EXAMPLE)));
});

describe('the annotated example', () => {
  it('is a right scenario', () => expect(problemsOf(EXAMPLE)).toBe(''));
  it('fits the JSON Schema', () => expect([fits(parse(EXAMPLE)), fits.errors]).toEqual([true, null]));
});

describe('the first scenario', () => {
  it.each([
    { name: 'my-api', baseUrl: 'http://127.0.0.1:8080', path: '/health' },
    { name: 'a', baseUrl: 'embedded', path: '/health' },
    { name: 'q', baseUrl: 'https://api.example.com/v1/', path: '/search?q="a: b"#${x}\\' },
  ])('for $baseUrl is right, and fits the JSON Schema', (answers) => {
    const text = initialScenario(answers);
    expect(problemsOf(text)).toBe('');
    expect([fits(parse(text)), fits.errors]).toEqual([true, null]);
    const { value } = parseScenario(text, 'a.yaml', { env: {}, unset: 'error' });
    expect(value?.scenario.resolved).toMatchObject({ name: answers.name, target: { baseUrl: answers.baseUrl.replace(/\/$/, '') }, workloads: [{ http: { request: { path: answers.path.replace(' ', '%20') } } }] });
    expect(Object.keys(value?.variants ?? {})).toEqual(['smoke', 'quick', 'nightly']);
    expect(text.startsWith('# yaml-language-server: $schema=')).toBe(true);
  });
  it('can be pointed elsewhere by the environment', () => {
    const text = initialScenario({ name: 'my-api', baseUrl: 'http://127.0.0.1:8080', path: '/health' });
    expect(parseScenario(text, 'a.yaml', { env: { TARGET_URL: 'http://127.0.0.1:9' }, unset: 'error' }).value?.scenario.resolved.target?.baseUrl).toBe('http://127.0.0.1:9');
  });
});

describe('the JSON Schema', () => {
  const patched = (patch: unknown): unknown => ({ ...(parse(EXAMPLE) as object), profiles: { nightly: { workloads: { status: patch } } } });
  it.each([
    [{}, true],
    [{ http: { load: { duration: '60s' } } }, true],
    [{ http: { load: { model: 'closed', connections: 5 } } }, true],
    [{ http: { request: { json: { any: ['thing'] } } }, sla: { errorRate: '2%' } }, true],
    [{ http: { load: { duration: 60 } } }, false],
    [{ http: { load: { durations: '60s' } } }, false],
    [{ name: 'other' }, false],
  ])('takes the patch %j: %s', (patch, expected) => expect(fits(patched(patch))).toBe(expected));

  it('refuses what the loader refuses', () => {
    const example = parse(EXAMPLE) as { workloads: { http: { load: object } }[] };
    const wrong = [{ ...example, tagz: [] }, { ...example, workloads: [] }, { ...example, name: undefined }, { ...example, rounds: 'many' }, { ...example, gate: { metrics: { 'latency.p96': {} } } }];
    expect(wrong.map((each) => fits(each))).toEqual(wrong.map(() => false));
    expect(fits({ ...example, rounds: '${env.ROUNDS:-3}' })).toBe(true);
  });

  it('describes every field', () => {
    const bare: string[] = [];
    const look = (schema: JsonSchema, path: string): void => {
      for (const [key, each] of Object.entries(schema.properties ?? {})) {
        if (each.description === undefined) bare.push(`${path}.${key}`);
        look(each, `${path}.${key}`);
      }
      for (const each of [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.items ? [schema.items] : []), ...(typeof schema.additionalProperties === 'object' ? [schema.additionalProperties] : [])]) look(each, path);
    };
    look(plainJsonSchema(), '');
    expect(bare).toEqual([]);
  });
});
