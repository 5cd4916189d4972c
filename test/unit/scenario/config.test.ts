import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadConfig, parseConfig } from '../../../src/scenario/config.ts';
import { formatProblems } from '../../../src/scenario/problem.ts';

const said = (text: string): string => formatProblems(parseConfig(text, 'bench.config.yaml', {}).errors);

it('lists hosts, in one form', () => {
  expect(parseConfig('allowTargets: [Staging.example.com, 10.0.0.5:8080, "[2001:db8::1]:443", "${env.HOST:-x.test}"]\n', 'c.yaml', {}).value).toEqual({
    allowTargets: ['staging.example.com', '10.0.0.5:8080', '[2001:db8::1]:443', 'x.test'],
  });
  expect(parseConfig('# nothing yet\n', 'c.yaml', {}).value).toEqual({ allowTargets: [] });
});

it('says what is wrong, and where', () => {
  expect(said('allowTarget: [a]\n')).toMatchInlineSnapshot(`"bench.config.yaml:1:1  allowTarget: unknown key, did you mean allowTargets?"`);
  expect(said('allowTargets:\n  - https://api.example.com/v1\n  - "*.example.com"\n  - 5\n  - a b\n')).toMatchInlineSnapshot(`
    "bench.config.yaml:2:5  allowTargets[0]: must be the host alone: got "https://api.example.com/v1", write api.example.com
    bench.config.yaml:3:5  allowTargets[1]: must be a host name or address, with a port where only that one is meant, for example staging.example.com or 10.0.0.5:8080: got "*.example.com"
    bench.config.yaml:4:5  allowTargets[2]: must be a host name or address, with a port where only that one is meant, for example staging.example.com or 10.0.0.5:8080: got 5
    bench.config.yaml:5:5  allowTargets[3]: must be a host name or address, with a port where only that one is meant, for example staging.example.com or 10.0.0.5:8080: got "a b""
  `);
  expect(said('allowTargets: api.example.com\n')).toMatchInlineSnapshot(`"bench.config.yaml:1:15  allowTargets: must be a list (lines that start with -): got "api.example.com""`);
  expect(said('allowTargets: [a\n')).toMatchInlineSnapshot(`"bench.config.yaml:2:1  not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]"`);
});

it('need not be there', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'readybench-config-'));
  try {
    expect(await loadConfig(folder, {})).toEqual({ value: { allowTargets: [] }, errors: [] });
    await writeFile(join(folder, 'bench.config.yaml'), 'allowTargets: [a.test]\n');
    expect((await loadConfig(folder, {})).value).toEqual({ allowTargets: ['a.test'] });
  } finally {
    await rm(folder, { recursive: true });
  }
});
