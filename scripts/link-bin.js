// Puts `bench` beside the dependencies' commands, so that `npx bench` in this folder finds it at once and offline.
import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';

const main = new URL('../dist/bundle/cli/main.js', import.meta.url);
if (process.platform !== 'win32' && existsSync(main)) {
  chmodSync(main, 0o755);
  const bin = new URL('../node_modules/.bin/', import.meta.url);
  mkdirSync(bin, { recursive: true });
  const link = new URL('bench', bin);
  rmSync(link, { force: true });
  symlinkSync('../../dist/bundle/cli/main.js', link);
}
