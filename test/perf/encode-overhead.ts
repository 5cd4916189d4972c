/**
 * What our runner adds to an encode: a clip through `encode`, against the very same command line timed by bash, in turns.
 *
 *   npm run perf:encode            (PAIRS=10 CLIP=bbb-480p PRESET=fast)
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createToolResolver } from '../../src/host/tools.ts';
import { encode } from '../../src/workloads/encode/run.ts';
import { encodeWorkload } from '../../src/workloads/encode/schema.ts';
import { interval, median, percent } from './paired.ts';
import { table, writeSection } from './performance-doc.ts';

const BOUND = 0.01;
const pairs = Number(process.env['PAIRS'] ?? 10);
const clip = process.env['CLIP'] ?? 'bbb-480p';
const preset = process.env['PRESET'] ?? 'fast';

interface Times {
  wallMs: number;
  cpuMs: number;
}

const run = promisify(execFile);

/** Bash's own clock, without anything of ours around the command. */
async function byHand(command: string): Promise<Times> {
  const { stderr } = await run('bash', ['-c', `TIMEFORMAT='%3R %3U %3S'; time ${command} >/dev/null 2>&1`]);
  const [real = Number.NaN, user = Number.NaN, system = Number.NaN] = stderr.trim().split(/\s+/).map(Number);
  return { wallMs: real * 1_000, cpuMs: (user + system) * 1_000 };
}

const workDir = await mkdtemp(join(tmpdir(), 'readybench-perf-'));
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
try {
  const spec = encodeWorkload.parse({ name: 'overhead', encode: { clip, encoders: ['libx264'], quality: [], output: { preset } } });
  const tools = createToolResolver();
  const prepared = await encode.prepare(spec, {
    name: 'overhead', rounds: pairs, seed: 1, target: null, scenarioDir: workDir, workDir, tools, signal: stop.signal, insecureTls: false, keepSecret: () => undefined, progress: () => undefined,
  });
  const { detail } = prepared.measurement();
  if (detail.kind !== 'encode') throw new Error('no detail of encodes');
  const command = (detail.commands[0]?.command ?? '').replace(/file:\S+$/, `file:${join(workDir, 'by-hand.mp4')}`);

  let round = 0;
  const runnerCpuMs: number[] = [];
  const ours = async (): Promise<Times> => {
    const before = process.cpuUsage();
    await prepared.runRound(round++);
    const { user, system } = process.cpuUsage(before);
    runnerCpuMs.push((user + system) / 1_000);
    const { series } = prepared.measurement();
    const job = series.kind === 'encode' ? series.jobs.at(-1) : undefined;
    if (job === undefined || job.failure !== null || job.cpuMs === null) throw new Error(`an encode failed: ${job?.failure?.message ?? 'interrupted'}`);
    return { wallMs: job.wallMs, cpuMs: job.cpuMs };
  };
  const hand = (): Promise<Times> => byHand(command);

  // Both have had their caches warmed before the first pair counts.
  await ours();
  await hand();
  runnerCpuMs.length = 0;
  const measured: { ours: Times; hand: Times }[] = [];
  for (let pair = 0; pair < pairs && !stop.signal.aborted; pair += 1) {
    // ABBA: whichever goes first gains nothing by it.
    const first = pair % 2 === 0 ? await ours() : await hand();
    const second = pair % 2 === 0 ? await hand() : await ours();
    measured.push(pair % 2 === 0 ? { ours: first, hand: second } : { ours: second, hand: first });
    process.stdout.write(`pair ${pair + 1}/${pairs}: ours ${(measured.at(-1)?.ours.wallMs ?? 0).toFixed(0)} ms, by hand ${(measured.at(-1)?.hand.wallMs ?? 0).toFixed(0)} ms\n`);
  }
  await prepared.close();
  const { version } = await tools.ffmpeg();
  report(measured, runnerCpuMs, version);
} finally {
  await rm(workDir, { recursive: true, force: true });
}

function report(measured: readonly { ours: Times; hand: Times }[], runnerCpuMs: readonly number[], version: string): void {
  const ratios = (figure: (times: Times) => number): number[] => measured.map((pair) => figure(pair.ours) / figure(pair.hand) - 1).sort((a, b) => a - b);
  const row = (name: string, figure: (times: Times) => number): string[] => {
    const sorted = ratios(figure);
    const { low, high } = interval(sorted);
    return [name, median(measured.map((pair) => figure(pair.hand))).toFixed(0), median(measured.map((pair) => figure(pair.ours))).toFixed(0), percent(median(sorted)), `${percent(low)} to ${percent(high)}`];
  };
  const wall = ratios((times) => times.wallMs);
  const { low, high } = interval(wall);
  const middle = median(wall);
  const certain = high <= BOUND || low > BOUND ? '' : ', though the machine is too noisy for the interval to say so';
  const verdict = measured.length < 6 ? 'undecided, fewer than six pairs' : `${middle <= BOUND ? 'met' : 'NOT met'} by the median (${percent(middle)})${certain}`;
  const body = [
    `The runner's own cost: clip ${clip}, x264 ${preset}, ffmpeg ${version}, ${measured.length} pairs in turns (ABBA), the same command line timed by bash.`,
    '',
    table(['', 'by hand, median', 'readybench, median', 'added, median of the pairs', '95 % interval of it'], [row('wall time, ms', (times) => times.wallMs), row('CPU time, ms', (times) => times.cpuMs)]),
    '',
    `Our own process used ${median(runnerCpuMs).toFixed(0)} ms of CPU time during an encode (median), ${(100 * median(runnerCpuMs) / median(measured.map((pair) => pair.ours.cpuMs))).toFixed(2)} % of what ffmpeg used.`,
    '',
    `Bound: at most ${BOUND * 100} % more wall time than by hand, median of the pairs: ${verdict}. Repeat it with \`npm run perf:encode\`.`,
  ].join('\n');
  process.stdout.write(`\n${body}\n`);
  writeSection('encode-overhead', 'Overhead of an encode', body);
  if (low > BOUND) process.exitCode = 1;
}
