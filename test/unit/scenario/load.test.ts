import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadScenarios, parseScenario, type LoadedScenario, type LoadOptions } from '../../../src/scenario/load.ts';
import { formatPath, formatProblems } from '../../../src/scenario/problem.ts';

const TEXT = `name: api
tags: [default]
target: { baseUrl: "\${env.URL:-embedded}", headers: { authorization: "Bearer \${secret.TOKEN}" } }
workloads:
  - name: health
    http:
      request: { path: "/health", headers: { x-build: "\${env.BUILD:-1}" } }
      load: { model: open, rate: "\${env.RATE:-50}", duration: 15s, maxInFlight: "\${env.MAX:-20}" }
  - name: encode
    encode: { clip: bbb-480p, encoders: [libx264] }
profiles:
  nightly:
    workloads:
      health: { http: { load: { duration: 60s }, request: { headers: { x-more: "\${secret.TOKEN}" } } } }
  saturate:
    only: [health]
    workloads:
      health: { http: { load: { model: closed, connections: 5, duration: 5s } } }
`;

function loaded(text: string, options: Partial<LoadOptions> = {}): LoadedScenario {
  const { value, errors } = parseScenario(text, 'a.yaml', { env: { TOKEN: 'hunter2' }, unset: 'error', ...options });
  if (value === undefined) throw new Error(formatProblems(errors));
  return value;
}

const healthIn = (scenario: LoadedScenario, profile: string) => {
  const workload = scenario.variants[profile]?.resolved.find(({ name }) => name === 'health');
  return workload !== undefined && 'http' in workload ? workload.http : undefined;
};

describe('a right file', () => {
  it('comes with its defaults, in two forms: secrets put in, and as references', () => {
    const { scenario, source } = loaded(TEXT);
    expect(scenario.resolved.target).toEqual({ baseUrl: 'embedded', headers: { authorization: 'Bearer hunter2' } });
    expect(scenario.published.target?.headers).toEqual({ authorization: 'Bearer ${secret.TOKEN}' });
    expect(JSON.stringify(scenario.published)).not.toContain('hunter2');
    expect(source).toBe(TEXT);
    expect(scenario.resolved.gate).toEqual({ metrics: {} });
  });

  it('hands the values of secrets to the redactor', () => {
    expect([...parseScenario(TEXT, 'a.yaml', { env: { TOKEN: 'hunter2' }, unset: 'error' }).secrets]).toEqual(['hunter2']);
  });

  it('takes numbers from the environment where a number is meant, and text where text is meant', () => {
    const { scenario } = loaded(TEXT, { env: { TOKEN: 'x', RATE: '3000/m', MAX: '7', BUILD: '12' } });
    expect(scenario.resolved.workloads[0]).toMatchObject({ http: { load: { rate: 50, maxInFlight: 7 }, request: { headers: { 'x-build': '12' } } } });
  });

  it('becomes what each profile makes of it', () => {
    const scenario = loaded(TEXT);
    expect(healthIn(scenario, 'nightly')).toMatchObject({ load: { model: 'open', rate: 50, duration: 60_000 }, request: { headers: { 'x-build': '1', 'x-more': 'hunter2' } } });
    expect(healthIn(scenario, 'saturate')?.load).toEqual({ model: 'closed', connections: 5, thinkTime: 0, engine: 'autocannon', duration: 5_000, warmup: 1_000, timeout: 10_000 });
    expect(scenario.variants['nightly']?.resolved.map(({ name }) => name)).toEqual(['health', 'encode']);
  });

  it('understands aliases, CRLF, a byte order mark and comments', () => {
    const text = TEXT.replace('{ clip: bbb-480p, encoders: [libx264] }', '&e { clip: bbb-480p, encoders: [libx264] } # one\n  - { name: again, encode: *e }');
    expect(loaded(`\uFEFF${text.replaceAll('\n', '\r\n')}`).scenario.resolved.workloads.map(({ name }) => name)).toEqual(['health', 'encode', 'again']);
  });

  it('gives a base URL one form', () => {
    const baseUrl = (written: string) => loaded(TEXT, { env: { TOKEN: 'x', URL: written } }).scenario.resolved.target?.baseUrl;
    expect([baseUrl('http://127.0.0.1:8080/'), baseUrl('https://API.example.com/v1//'), baseUrl('http://[::1]:80')]).toEqual(['http://127.0.0.1:8080', 'https://api.example.com/v1', 'http://[::1]']);
  });
});

describe('a file that cannot be run', () => {
  it('still tells what it is about', () => {
    const { value, outline, errors } = parseScenario(`${TEXT}oops: 1\n`, 'a.yaml', { env: {}, unset: 'warning' });
    expect(value).toBeUndefined();
    expect(errors.map(({ path }) => path)).toEqual(['oops']);
    expect(outline).toMatchObject({ name: 'api', tags: ['default'], hasTarget: true, workloads: [{ name: 'health', kind: 'http' }, { name: 'encode', kind: 'encode' }] });
  });

  it('with a variable that is not set: an error to run it, a warning to list it', () => {
    const text = TEXT.replace(':-50}', '}');
    const forRun = parseScenario(text, 'a.yaml', { env: { TOKEN: 'x' }, unset: 'error' });
    expect(forRun.errors.map(({ path }) => path)).toEqual(['workloads[0].http.load.rate']);
    const forList = parseScenario(text, 'a.yaml', { env: { TOKEN: 'x' }, unset: 'warning' });
    expect([forList.errors.length, forList.warnings.length, forList.outline?.name]).toEqual([0, 1, 'api']);
  });
});

describe('positions', () => {
  it('point at the wrong value, wherever it stands', () => {
    // Each scalar of the file in turn is made wrong; the problem must point at exactly that line and column.
    const lines = ['name: api', 'target:', '  baseUrl: embedded', 'rounds: 3', 'workloads:', '  - name: health', '    http:', '      request:', '        path: /health', '      load:', '        model: open', '        rate: 50/s', '        duration: 15s', '        maxInFlight: 5', '    sla:', '      latency:', '        p95: 100ms', '      errorRate: 1%', 'gate:', '  minEffect: 5%'];
    const scalars = lines.flatMap((line, index) => (/: \S/.test(line) ? [index] : []));
    fc.assert(
      fc.property(fc.constantFrom(...scalars), fc.nat({ max: 3 }), (index, comments) => {
        const broken = lines.map((line, at) => (at === index ? line.replace(/: .*/, ': ["wrong"]') : line));
        const text = [...Array<string>(comments).fill('# a comment'), ...broken].join('\n');
        const [first] = parseScenario(text, 'a.yaml', { env: {}, unset: 'error' }).errors;
        expect([first?.line, first?.column]).toEqual([index + 1 + comments, (broken[index] ?? '').indexOf('[') + 1]);
      }),
      { numRuns: 50 },
    );
  });

  it('never throws, whatever the text', () => {
    const pieces = fc.constantFrom('name: ', 'workloads:\n', '  - ', 'http:\n', '${env.', '}', '{', '[', '&a ', '*a', ': ', '\n', '    ', '\t', '"', "'", '|\n', '>', '---\n', '%YAML 1.1\n', '? ', '!!binary x', '!!set ', '0x', '\0', '\u{1F600}', '<<: ', 'profiles: {a: {workloads: {b: {}}}}\n', '__proto__: ');
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string({ maxLength: 4 })), { maxLength: 30 }), (parts) => {
        const { errors } = parseScenario(parts.join(''), 'a.yaml', { env: {}, unset: 'error' });
        expect(errors.length).toBeGreaterThan(0);
        for (const { line, column, message } of errors) expect([line >= 1, column >= 1, message.includes('\0')]).toEqual([true, true, false]);
      }),
      { numRuns: 200 },
    );
  });

  it('are written as paths people can follow', () => {
    expect([formatPath([]), formatPath(['workloads', 1, 'http']), formatPath(['headers', 'x.y']), formatPath([0])]).toEqual(['', 'workloads[1].http', 'headers["x.y"]', '[0]']);
  });
});

describe('files', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'readybench-load-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('of one name are a mistake of the later one', async () => {
    const files = [join(folder, 'a.yaml'), join(folder, 'b.yaml'), join(folder, 'none.yaml')];
    await writeFile(join(folder, 'a.yaml'), TEXT);
    await writeFile(join(folder, 'b.yaml'), `# the same again\n${TEXT}`);
    const results = await loadScenarios(files, { env: { TOKEN: 'x' }, unset: 'error' });
    const said = formatProblems(results.flatMap(({ errors }) => errors)).replaceAll(folder, 'DIR');
    expect(said).toMatchInlineSnapshot(`
      "DIR/b.yaml:2:7  name: api is the name of DIR/a.yaml already: baselines are stored by name, choose another
      DIR/none.yaml:1:1  there is no such file"
    `);
    expect(results.map(({ value }) => value === undefined)).toEqual([false, true, true]);
    expect(results[0]?.value?.dir).toBe(folder);
  });

  it('that are far too long are not read', async () => {
    await writeFile(join(folder, 'big.yaml'), Buffer.alloc(5_000_000, '#'));
    const [result] = await loadScenarios([join(folder, 'big.yaml'), folder], { env: {}, unset: 'error' });
    expect(result?.errors[0]?.message).toMatchInlineSnapshot(`"is 4,883 KiB long: at most 256 KiB are read"`);
  });
});
