import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../src/scenario/identity.ts';
import { parseScenario, type LoadedScenario } from '../../../src/scenario/load.ts';
import { matches } from '../../../src/scenario/pattern.ts';
import { makePlan, type PlanOptions } from '../../../src/scenario/plan.ts';
import { formatProblems } from '../../../src/scenario/problem.ts';

function scenario(text: string, env: Record<string, string> = { TOKEN: 'hunter2' }): LoadedScenario {
  const { value, errors } = parseScenario(text, 'scenarios/a.yaml', { env, unset: 'error' });
  if (value === undefined) throw new Error(formatProblems(errors));
  return value;
}

const TEXT = `name: api
target: { baseUrl: embedded, headers: { a: "\${secret.TOKEN}" } }
workloads:
  - name: health
    description: alive
    http:
      request: { path: /health, headers: { authorization: "\${secret.TOKEN}" } }
      load: { model: open, rate: 50/s, duration: 15s }
    sla: { errorRate: 1% }
  - name: submit
    http:
      request: { method: POST, path: /videos }
      load: { model: closed, connections: 5, duration: 5s }
profiles:
  nightly: { rounds: 20, workloads: { health: { http: { load: { duration: 60s } } } } }
  soak: { only: [health] }
`;
const plan = (options: Partial<PlanOptions> = {}, text = TEXT) => makePlan([scenario(text)], { profile: 'quick', seed: 1, ...options });
const only = (options: Partial<PlanOptions> = {}, text = TEXT) => {
  const [first] = plan(options, text).scenarios;
  if (first === undefined) throw new Error('nothing is planned');
  return first;
};

describe('a plan', () => {
  it('is plain data with everything a run needs', () => {
    const { source, sha256, dir, workloads, ...rest } = only();
    expect(source).toBe(TEXT);
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(dir).toMatch(/scenarios$/);
    expect(workloads.map(({ name, kind }) => [name, kind])).toEqual([['health', 'http'], ['submit', 'http']]);
    expect(rest).toEqual({
      name: 'api',
      observe: null,
      host: null,
      readiness: null,
      file: 'scenarios/a.yaml',
      target: { baseUrl: 'embedded', headers: { a: 'hunter2' } },
      gate: { metrics: {} },
      rounds: 3,
      readOnlyOnly: false,
      skipped: [],
    });
    const whole = plan();
    expect(structuredClone(whole)).toEqual(whole);
  });

  it('takes its rounds from the command line, the profile, the scenario, the built-in profile', () => {
    const withRounds = `rounds: 7\n${TEXT}`;
    expect([
      only({ rounds: 2, profile: 'nightly' }).rounds,
      only({ profile: 'nightly' }, withRounds).rounds,
      only({ profile: 'quick' }, withRounds).rounds,
      ...['smoke', 'quick', 'capacity', 'soak'].map((profile) => only({ profile }).rounds),
    ]).toEqual([2, 20, 7, 1, 3, 5, 3]);
  });

  it('applies the profile, and says what it leaves out', () => {
    expect(only({ profile: 'nightly' }).workloads[0]?.spec).toMatchObject({ http: { load: { duration: 60_000, rate: 50 } } });
    expect(only({ profile: 'soak' })).toMatchObject({ workloads: [{ name: 'health' }], skipped: [{ workload: 'submit', why: 'not in the profile soak' }] });
    expect(only({ filters: ['sub'] }).skipped).toEqual([{ workload: 'health', why: 'not matched by --filter' }]);
  });

  it('lets smoke run only what reads, unless the scenario names the workloads', () => {
    expect(only({ profile: 'smoke' }).readOnlyOnly).toBe(true);
    expect(only({ profile: 'smoke' }, TEXT.replace('soak:', 'smoke:')).readOnlyOnly).toBe(false);
  });

  it('can be pointed elsewhere', () => {
    expect(only({ target: 'http://127.0.0.1:1' }).target).toEqual({ baseUrl: 'http://127.0.0.1:1', headers: { a: 'hunter2' } });
    expect(only({}, 'name: e\nworkloads: [{ name: a, encode: { clip: bbb-480p, encoders: [libx264] } }]\n').target).toBeNull();
  });

  it('refuses names that mean nothing, and lists those that do', () => {
    expect(() => plan({ profile: 'nightl' })).toThrowError(expect.objectContaining({ exitCode: 2, message: 'There is no profile nightl: did you mean nightly?', hint: 'Profiles of these scenarios: smoke, quick, nightly, capacity, soak' }));
    expect(() => plan({ filters: ['x*'] })).toThrowError(expect.objectContaining({ exitCode: 2, message: 'No workload matches --filter x*', hint: 'Workloads of these scenarios: health, submit' }));
  });

  it('leaves out scenarios that have no such profile, or nothing that matches', () => {
    const other = scenario('name: e\nworkloads: [{ name: clip, encode: { clip: bbb-480p, encoders: [libx264] } }]\n');
    expect(makePlan([scenario(TEXT), other], { profile: 'soak', seed: 1 }).leftOut).toEqual([{ scenario: 'e', why: 'has no profile soak' }]);
    expect(makePlan([scenario(TEXT), other], { profile: 'quick', seed: 1, filters: ['clip'] })).toMatchObject({ scenarios: [{ name: 'e' }], leftOut: [{ scenario: 'api', why: 'no workload matches --filter clip' }] });
  });
});

describe('what makes two runs comparable', () => {
  const same = (change: (text: string) => string): boolean => only({}, change(TEXT)).sha256 === only().sha256;
  it('is what is measured', () => {
    expect([
      same((text) => text.replace('50/s', '51/s')),
      same((text) => text.replace('path: /health', 'path: /healthz')),
      same((text) => text.replace('name: health', 'name: alive').replaceAll('health: {', 'alive: {').replace('[health]', '[alive]')),
      only({ profile: 'nightly' }).sha256 === only().sha256,
    ]).toEqual([false, false, false, false]);
  });
  it('is not where, how it is judged or how it is written', () => {
    expect([
      same((text) => text.replace('baseUrl: embedded', 'baseUrl: http://127.0.0.1:9')),
      same((text) => text.replace('errorRate: 1%', 'errorRate: 2%')),
      same((text) => text.replace('description: alive', 'description: well')),
      same((text) => `# a comment\ntags: [x]\ngate: { minEffect: 9% }\n${text}`),
      same((text) => text.replace('duration: 15s', 'duration: 15000ms').replace('50/s', '3000/m')),
      only({ filters: ['health'] }).sha256 === only().sha256,
      makePlan([scenario(TEXT, { TOKEN: 'rotated' })], { profile: 'quick', seed: 1 }).scenarios[0]?.sha256 === only().sha256,
    ]).toEqual(Array(7).fill(true));
  });
  it('is not the limits of a request of a mix or a step of a flow, but what a body says of limits', () => {
    const flow = (sla: string, body: string) => `name: api
target: { baseUrl: embedded }
workloads:
  - name: flow
    http:
      flow: { steps: [{ name: a, request: { method: POST, path: /, json: { sla: ${body} } }${sla} }] }
      load: { model: open, rate: 50/s, duration: 15s }
  - name: mix
    http:
      mix: [{ name: a, request: { path: / } }, { name: b, request: { path: /b }${sla} }]
      load: { model: open, rate: 50/s, duration: 15s }
`;
    const hash = (sla: string, body = '1'): string => only({}, flow(sla, body)).sha256;
    expect(hash(', sla: { errorRate: 1% }')).toBe(hash(''));
    expect(hash('', '2')).not.toBe(hash(''));
  });
  it('does not depend on the order of keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const reversed = (each: unknown): unknown =>
          Array.isArray(each) ? each.map(reversed) : typeof each === 'object' && each !== null ? Object.fromEntries(Object.entries(each).reverse().map(([key, inner]: [string, unknown]) => [key, reversed(inner)])) : each;
        expect(canonicalJson(reversed(value))).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

it.each([
  ['health', [], true],
  ['health', ['eal'], true],
  ['health', ['heal*'], true],
  ['health', ['*th', 'x'], true],
  ['health', ['eal*'], false],
  ['health', ['h?alth'], true],
  ['a.b', ['a?b'], true],
  ['axb', ['a.b*'], false],
  ['a'.repeat(64), ['*'.repeat(60) + 'b'], false],
])('%s matches %j: %s', (name, patterns, expected) => expect(matches(name, patterns)).toBe(expected));
