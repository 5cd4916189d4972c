/**
 * What our runner adds to a batch, and how well CPU seconds repeat: ten jobs two at a time through `encode`, against the very same
 * commands run by `xargs -P 2`, in turns.
 *
 *   npm run perf:encode-batch      (PAIRS=7 CLIP=bbb-480p PRESET=fast HEIGHT=240 JOBS=10 CONCURRENCY=2)
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createToolResolver } from '../../src/host/tools.ts';
import { encode } from '../../src/workloads/encode/run.ts';
import { encodeWorkload } from '../../src/workloads/encode/schema.ts';
import { interval, median, percent, variation, verdictOf } from './paired.ts';
import { table, writeSection } from './performance-doc.ts';

const BOUND = 0.01;
const CPU_BOUND = 0.06;
const number = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);
const [pairs, jobs, concurrency, height] = [number('PAIRS', 7), number('JOBS', 10), number('CONCURRENCY', 2), number('HEIGHT', 240)];
const clip = process.env['CLIP'] ?? 'bbb-480p';
const preset = process.env['PRESET'] ?? 'fast';
const run = promisify(execFile);

const workDir = await mkdtemp(join(tmpdir(), 'readybench-perf-'));
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
try {
  const spec = encodeWorkload.parse({ name: 'batch', encode: { clip, encoders: ['libx264'], jobs, concurrency, quality: [], output: { preset, height, bitrate: '500kbit/s' } } });
  const tools = createToolResolver();
  const prepared = await encode.prepare(spec, {
    name: 'batch', rounds: pairs, seed: 1, target: null, scenarioDir: workDir, workDir, tools, signal: stop.signal, insecureTls: false, keepSecret: () => undefined, progress: () => undefined,
  });
  const { detail } = prepared.measurement();
  if (detail.kind !== 'encode') throw new Error('no detail of encodes');
  const command = detail.commands[0]?.command ?? '';
  // The output goes as soon as it is there, as ours does; one script a job, so that xargs has nothing to quote.
  const scripts: string[] = [];
  for (let job = 0; job < jobs; job += 1) {
    const [script, output] = [join(workDir, `job-${job}.sh`), join(workDir, `by-hand-${job}.mp4`)];
    await writeFile(script, `${command.replace(/file:\S+$/, `file:${output}`)} >/dev/null 2>&1\nrm -f '${output}'\n`);
    scripts.push(script);
  }
  const list = join(workDir, 'jobs.txt');
  await writeFile(list, scripts.join('\n'));

  const byHand = async (): Promise<number> => {
    const { stderr } = await run('bash', ['-c', `TIMEFORMAT=%3R; time xargs -P ${concurrency} -n 1 sh < '${list}'`]);
    return Number(stderr.trim()) * 1_000;
  };
  let round = 0;
  const cpuMs: number[] = [];
  const ours = async (): Promise<number> => {
    await prepared.runRound(round);
    const { metrics } = prepared.measurement();
    const figure = (id: string): number => metrics.find((each) => each.id === id)?.rounds[round] ?? Number.NaN;
    const makespanMs = figure('batch.makespan');
    if (!Number.isFinite(makespanMs)) throw new Error('a batch failed');
    cpuMs.push(figure('batch.cpu'));
    round += 1;
    return makespanMs;
  };

  await ours();
  await byHand();
  cpuMs.length = 0;
  const measured: { ours: number; hand: number }[] = [];
  for (let pair = 0; pair < pairs && !stop.signal.aborted; pair += 1) {
    const first = pair % 2 === 0 ? await ours() : await byHand();
    const second = pair % 2 === 0 ? await byHand() : await ours();
    measured.push(pair % 2 === 0 ? { ours: first, hand: second } : { ours: second, hand: first });
    process.stdout.write(`pair ${pair + 1}/${pairs}: ours ${(measured.at(-1)?.ours ?? 0).toFixed(0)} ms, xargs ${(measured.at(-1)?.hand ?? 0).toFixed(0)} ms\n`);
  }
  await prepared.close();
  const ratios = measured.map((pair) => pair.ours / pair.hand - 1).sort((a, b) => a - b);
  const { low, high } = interval(ratios);
  const spread = variation(cpuMs);
  const verdict = verdictOf(ratios, BOUND);
  const body = [
    `Makespan of ${jobs} encodes, ${concurrency} at once, against the same commands under \`xargs -P ${concurrency}\`: clip ${clip} at ${height} lines, x264 ${preset}, ffmpeg ${(await tools.ffmpeg()).version}, ${measured.length} pairs in turns (ABBA).`,
    '',
    table(['', 'xargs, median', 'readybench, median', 'added, median of the pairs', '95 % interval of it'], [['makespan, ms', median(measured.map((pair) => pair.hand)).toFixed(0), median(measured.map((pair) => pair.ours)).toFixed(0), percent(median(ratios)), `${percent(low)} to ${percent(high)}`]]),
    '',
    `Bound: at most ${BOUND * 100} % more than xargs: ${verdict.sentence}.`,
    '',
    `CPU seconds of the batch, ${cpuMs.length} rounds: coefficient of variation ${(spread * 100).toFixed(2)} %; bound ${CPU_BOUND * 100} % on a quiet machine: ${spread <= CPU_BOUND ? 'met' : `not met at a load average of ${loadavg()[0]?.toFixed(1)}`}. Repeat it with \`npm run perf:encode-batch\`.`,
  ].join('\n');
  process.stdout.write(`\n${body}\n`);
  if (process.env['DRY'] === undefined) writeSection('encode-batch', 'Overhead of a batch', body);
  if (verdict.missed) process.exitCode = 1;
} finally {
  await rm(workDir, { recursive: true, force: true });
}
