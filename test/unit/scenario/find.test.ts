import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BenchError } from '../../../src/errors.ts';
import { findScenarios, withTags, type Places } from '../../../src/scenario/find.ts';
import { parseScenario } from '../../../src/scenario/load.ts';

let root = '';
let places: Places;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'readybench-find-'));
  const files = ['project/scenarios/checkout.yaml', 'project/scenarios/shop/search.yml', 'project/scenarios/schema.json', 'project/scenarios/bench.config.yaml', 'project/other/one.yaml', 'project/other/node_modules/x/two.yaml', 'project/empty/readme.md', 'package/video-generation/api.yaml', 'package/video-generation/encode.yaml', 'package/checkout.yaml', 'bare/nothing.txt'];
  for (const file of files) {
    await mkdir(join(root, dirname(file)), { recursive: true });
    await writeFile(join(root, file), '');
  }
  places = { cwd: join(root, 'project'), packageScenarios: join(root, 'package') };
});
afterAll(() => rm(root, { recursive: true }));

const found = async (words: string[], from = places): Promise<string[]> => (await findScenarios(words, from)).map((file) => file.replace(root, 'ROOT'));
const refused = async (words: string[], from = places): Promise<string> => {
  const thrown: unknown = await findScenarios(words, from).catch((error: unknown) => error);
  if (!(thrown instanceof BenchError)) throw new Error('was not refused');
  return `${thrown.message}\n${thrown.hint ?? ''}`.replaceAll(root, 'ROOT');
};

describe('what a word of the command line stands for', () => {
  it('a file, a folder with all below it, a glob', async () => {
    expect(await found(['other/one.yaml'])).toEqual(['other/one.yaml']);
    expect(await found(['other'])).toEqual(['other/one.yaml']);
    expect(await found(['scenarios'])).toEqual(['scenarios/checkout.yaml', 'scenarios/shop/search.yml']);
    expect(await found(['scenarios/**/s*.yml'])).toEqual(['scenarios/shop/search.yml']);
  });
  it('a name, of the project before one of the package', async () => {
    expect(await found(['checkout'])).toEqual(['scenarios/checkout.yaml']);
    expect(await found(['shop/search', 'search'])).toEqual(['scenarios/shop/search.yml']);
    expect(await found(['api'])).toEqual(['ROOT/package/video-generation/api.yaml']);
    expect(await found(['video-generation'])).toEqual(['ROOT/package/video-generation/api.yaml', 'ROOT/package/video-generation/encode.yaml']);
  });
  it('nothing said: all of the project, or of the package', async () => {
    expect(await found([])).toEqual(['scenarios/checkout.yaml', 'scenarios/shop/search.yml']);
    expect(await found([], { ...places, cwd: join(root, 'bare') })).toEqual(['ROOT/package/checkout.yaml', 'ROOT/package/video-generation/api.yaml', 'ROOT/package/video-generation/encode.yaml']);
  });
  it('nothing found: what was looked for, where, and what there is', async () => {
    expect(await refused(['chekout', 'api', 'nope.yaml'])).toMatchInlineSnapshot(`
      "There is no scenario chekout, nope.yaml: no such file or folder here, and no such name in ROOT/project/scenarios or ROOT/package
      Did you mean checkout? There are checkout, search, api, encode"
    `);
    expect(await refused(['empty'])).toMatchInlineSnapshot(`
      "There is no scenario in empty
      A scenario is a .yaml or .yml file; \`bench init\` writes one"
    `);
    expect(await refused(['x'], { cwd: join(root, 'bare'), packageScenarios: join(root, 'bare') })).toMatchInlineSnapshot(`
      "There is no scenario x: no such file or folder here, and no such name in ROOT/bare/scenarios or ROOT/bare
      Write one with \`bench init\`"
    `);
    expect(await refused([], { cwd: join(root, 'bare'), packageScenarios: join(root, 'none') })).toMatchInlineSnapshot(`
      "There are no scenarios in ROOT/bare/scenarios or ROOT/none
      Name a scenario file, or write one with \`bench init\`"
    `);
  });
});

describe('tags', () => {
  const results = ['name: a\ntags: [default, video]\n', 'name: b\ntags: [slow]\n', '['].map((text, index) => parseScenario(text, `${index}.yaml`, { env: {}, unset: 'error' }));
  const files = (tags: string[]) => withTags(results, tags).map(({ file }) => file);
  it('keep what has one of them, and what is too broken to tell', () => {
    expect([files([]), files(['default']), files(['slow', 'video'])]).toEqual([['0.yaml', '1.yaml', '2.yaml'], ['0.yaml', '2.yaml'], ['0.yaml', '1.yaml', '2.yaml']]);
  });
  it('that nothing has are refused', () => {
    expect(() => withTags(results.slice(0, 2), ['fast'])).toThrowError(expect.objectContaining({ exitCode: 2, message: 'No scenario is tagged fast', hint: 'Tags there are: default, slow, video; scenarios: a, b' }));
  });
});
