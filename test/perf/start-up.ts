/**
 * What importing the command line costs: `bench --version` against `node -e 0`, in turns.
 *
 *   npm run perf:start-up          (PAIRS=31)
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median } from 'simple-statistics';
import { table, writeSection } from './performance-doc.ts';

const BOUND = 1.6;
const pairs = Number(process.env['PAIRS'] ?? 31);
const main = fileURLToPath(new URL('../../dist/bundle/cli/main.js', import.meta.url));

function wallMs(args: readonly string[]): number {
  const startMs = performance.now();
  const { status } = spawnSync(process.execPath, args, { stdio: 'ignore' });
  const ms = performance.now() - startMs;
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}`);
  return ms;
}

const version = (): number => wallMs([main, '--version']);
const nothing = (): number => wallMs(['-e', '0']);

version();
nothing();
const measured = Array.from({ length: pairs }, (_, pair) => {
  // ABBA: whichever goes first gains nothing by it.
  const first = pair % 2 === 0 ? version() : nothing();
  const second = pair % 2 === 0 ? nothing() : version();
  return pair % 2 === 0 ? { version: first, nothing: second } : { version: second, nothing: first };
});

const ratio = median(measured.map((pair) => pair.version / pair.nothing));
const met = ratio <= BOUND;
const body = [
  `${pairs} pairs in turns (ABBA), each a process of its own from start to exit.`,
  '',
  table(
    ['`node -e 0`, median', '`bench --version`, median', 'ratio, median of the pairs'],
    [[`${median(measured.map((pair) => pair.nothing)).toFixed(0)} ms`, `${median(measured.map((pair) => pair.version)).toFixed(0)} ms`, ratio.toFixed(2)]],
  ),
  '',
  `Bound: at most ${BOUND} times: ${met ? 'met' : 'NOT met'}. Repeat it with \`npm run perf:start-up\`.`,
].join('\n');
process.stdout.write(`${body}\n`);
writeSection('start-up', 'Start of the command line', body);
if (!met) process.exitCode = 1;
