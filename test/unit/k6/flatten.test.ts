import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { flatten } from '../../../src/k6/export/flatten.ts';
import { scriptModules } from '../../../src/k6/script/modules.ts';

const root = mkdtempSync(join(tmpdir(), 'k6-flatten-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let count = 0;
async function flat(files: Record<string, string | Buffer>): ReturnType<typeof flatten> {
  const folder = join(root, String((count += 1)));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const { files: modules } = await scriptModules(join(folder, Object.keys(files)[0]!), 'script');
  return flatten(modules);
}

describe('a script as files of one folder', () => {
  it('keeps what it imports, by name, whatever folders that came from', async () => {
    expect(
      await flat({
        'k6/browse.ts': "import http from 'k6/http';\nimport { a } from './lib/x.ts';\nimport { b } from \"../x.ts\";\nexport * from './lib/x.ts';\n// import './gone.ts';\nconst c = require('./lib/y.js');\n",
        'k6/lib/x.ts': "import type { Y } from './y.js';\nimport '../../x.ts';\n",
        'x.ts': 'export const b = 1;\n',
        'k6/lib/y.js': '',
      }),
    ).toEqual({
      entry: '0-browse.ts',
      files: {
        '0-browse.ts': "import http from 'k6/http';\nimport { a } from './1-x.ts';\nimport { b } from \"./2-x.ts\";\nexport * from './1-x.ts';\n// import './gone.ts';\nconst c = require('./3-y.js');\n",
        '1-x.ts': "import type { Y } from './3-y.js';\nimport './2-x.ts';\n",
        '2-x.ts': 'export const b = 1;\n',
        '3-y.js': '',
      },
      binaryFiles: {},
    });
  });

  it('keeps the files it opens, byte by byte', async () => {
    const bytes = Buffer.from([0, 255, 1]);
    expect(
      await flat({
        'browse.ts': "import './lib/x.ts';\nconst clip = open('data/clip one.bin', 'b');\nconst users = open(`./users.json`);\nconst more = open(import.meta.resolve('./data/more.json'));\nwindow.open('https://elsewhere.example');\n",
        'lib/x.ts': "export const users = open('../users.json');\nexport const open2 = reopen(name);\n",
        'data/clip one.bin': bytes,
        'users.json': '[]',
        'data/more.json': '{}',
      }),
    ).toMatchObject({
      files: {
        '0-browse.ts': "import './1-x.ts';\nconst clip = open('./2-clip-one.bin', 'b');\nconst users = open(`./3-users.json`);\nconst more = open(import.meta.resolve('./4-more.json'));\nwindow.open('https://elsewhere.example');\n",
        '1-x.ts': "export const users = open('./3-users.json');\nexport const open2 = reopen(name);\n",
      },
      binaryFiles: { '2-clip-one.bin': bytes, '3-users.json': Buffer.from('[]'), '4-more.json': Buffer.from('{}') },
    });
  });

  it('takes no file because of a comment or of a method that has the name of `open`', async () => {
    const text = "// open('./token.txt')\n/* import.meta.resolve('./token.txt') */\npage.open('./token.txt');\npage\n  ?.open('./token.txt');\n";
    expect(await flat({ 'browse.js': text, 'token.txt': 'secret' })).toEqual({ entry: '0-browse.js', files: { '0-browse.js': text }, binaryFiles: {} });
  });

  it('takes what k6/experimental/fs opens under a name of its own, what is spread, and what stands between texts that look like comments', async () => {
    const before = "import * as files$ from 'k6/experimental/fs';\nconst a = await files$.open('./a.bin');\nconst b = [...open('./b.txt')];\nconst any = '*/*';\nconst c = open('./c.txt');\nconst more = `//`, also = { accept: '*/*' };\nprefiles$.open('./d.txt');\n";
    expect(await flat({ 'browse.js': before, 'a.bin': 'a', 'b.txt': 'b', 'c.txt': 'c', 'd.txt': 'd' })).toMatchObject({
      files: { '0-browse.js': before.replace('./a.bin', './1-a.bin').replace('./b.txt', './2-b.txt').replace('./c.txt', './3-c.txt') },
      binaryFiles: { '1-a.bin': Buffer.from('a'), '2-b.txt': Buffer.from('b'), '3-c.txt': Buffer.from('c') },
    });
  });

  it.each([
    ['imports https://jslib.k6.io/x/1.0/index.js', "import x from 'https://jslib.k6.io/x/1.0/index.js';"],
    ['imports lodash', "import {\n  map,\n} from 'lodash';"],
    ['imports lodash', "const x = require('lodash');"],
    ['imports /abs/x.js', "import '/abs/x.js';"],
    ['opens a file whose name is not written out', 'const x = open(__ENV.FILE);'],
    ['opens a file whose name is not written out', 'const x = open(`./${name}.json`);'],
    ['opens ./gone.json, which is not there', "const x = open('./gone.json');"],
  ])('%s: it says so', async (why, text) => {
    expect(await flat({ 'browse.js': text })).toContain(`browse.js ${why}`);
  });

  it('is not misled by comments, by other functions, or by k6’s own modules', async () => {
    expect(await flat({ 'browse.js': "/* open(file) */\n// import x from 'lodash';\nimport { open as o } from 'k6/experimental/fs';\nimport x from 'k6/x/sql';\nfunction open() {}\npage.open(url);\nconst sql = \"select * from 'videos'\";\n" })).toMatchObject({ entry: '0-browse.js' });
  });
});
