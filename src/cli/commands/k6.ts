import { resolve } from 'node:path';
import { BenchError, EXIT, type ExitCode } from '../../errors.ts';
import { k6Engine } from '../../k6/engine.ts';
import { findK6 } from '../../host/k6-tool.ts';
import { mergeK6, type PointSource } from '../../merge-k6.ts';
import { notify } from '../../notify/notify.ts';
import { parseDurationMs } from '../../units.ts';
import { deliver, print, reportersOf } from '../deliver.ts';
import { progressOn } from '../progress.ts';
import { requestOf, runAndReport, showPlan, type RunFlags } from './run.ts';

/** `bench k6 run`: the ordinary run, its load sent by k6. 6 where there is no k6. */
export async function runOnK6(scenarios: string[], flags: RunFlags & { segments: number }): Promise<ExitCode> {
  const names = reportersOf(flags);
  const engine = k6Engine(await findK6(process.env), flags.segments);
  const request = requestOf(scenarios, flags, engine);
  if (flags.dryRun === true) return showPlan(request);
  process.stderr.write(`k6 ${engine.tool.version} (${engine.tool.path}), ${flags.segments} segment${flags.segments === 1 ? '' : 's'}\n`);
  return runAndReport(request, names);
}

export type MergeFlags = Pick<RunFlags, 'out' | 'reporter' | 'json' | 'baselines' | 'compare' | 'failOn'> & { plan: string; prometheus?: string; since: string };

/** `bench k6 merge`: the files of all segments, or what Prometheus has of them, as one run with its verdict. */
export async function merge(files: string[], flags: MergeFlags): Promise<ExitCode> {
  const source = sourceOf(files, flags);
  const names = reportersOf(flags);
  const progress = progressOn(process.stderr);
  try {
    const { record, dir, exitCode } = await mergeK6(resolve(flags.plan), source, requestOf([], { ...flags, profile: '', seed: 0, control: false }), progress.observe);
    progress.end();
    await deliver(record, names, dir);
    for (const text of await notify(record, process.env)) await print(process.stderr, `${text}\n`);
    return exitCode;
  } finally {
    progress.end();
  }
}

function sourceOf(files: string[], { prometheus, since }: MergeFlags): PointSource {
  if (prometheus === undefined) {
    if (files.length > 0) return { type: 'files', files };
    throw new BenchError(EXIT.usage, 'nothing to merge', { hint: 'Give the files of all segments, or --prometheus URL where the test was exported with it.' });
  }
  if (files.length > 0) throw new BenchError(EXIT.usage, 'files and --prometheus cannot be merged together', { hint: 'Give one of the two: a test writes to files or to Prometheus.' });
  const sinceMs = parseDurationMs(since);
  if (sinceMs === undefined) throw new BenchError(EXIT.usage, `--since ${since} is no length of time`, { hint: 'for example --since 2h or --since 7d' });
  return { type: 'prometheus', url: prometheus, token: process.env['BENCH_PROMETHEUS_TOKEN'], sinceMs };
}
