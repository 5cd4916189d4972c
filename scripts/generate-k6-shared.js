// Writes the modules of src/ that the generic k6 script shares with the local engine into k6/generic: k6 finds files beside a script alone.
import { readFileSync, writeFileSync } from 'node:fs';

const at = (path) => new URL(`../${path}`, import.meta.url);

/** What lies in k6/generic and is written in src/: no imports but of types, and JavaScript that k6 has. */
export const SHARED = { 'curve.ts': 'src/k6/curve.ts', 'random.ts': 'src/random.ts', 'why.ts': 'src/k6/why.ts' };

/** The text of a shared module as it stands in k6/generic. */
export function sharedText(source) {
  const folder = source.split('/').slice(0, -1).join('/');
  const text = readFileSync(at(source), 'utf8').replaceAll(/from '(\.{1,2}\/[^']+)'/g, (_, path) => `from '../../${new URL(path, `file:///${folder}/`).pathname.slice(1)}'`);
  return `// Copied from ${source} by \`npm run generate\`. Do not edit.\n${text}`;
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  for (const [name, source] of Object.entries(SHARED)) writeFileSync(at(`k6/generic/${name}`), sharedText(source));
}
