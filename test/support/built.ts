import { existsSync } from 'node:fs';

/** Tests that start the real program run the built one; `npm test` builds first. */
export default function setup(): void {
  if (!existsSync(new URL('../../dist/bundle/cli/main.js', import.meta.url))) {
    throw new Error('dist/ is missing: run `npm run build` (npm test does it for you)');
  }
}
