import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { K6Tool } from '../../host/k6-tool.ts';
import type { SegmentUse } from '../../load/result.ts';
import type { Finding } from '../../record/schema.ts';
import { argumentsOf, k6Environment } from '../command.ts';
import { exitFindings, refuseBrokenScripts } from '../exit.ts';
import { useFindings } from '../generator-use.ts';
import { logFindings } from '../log.ts';
import { readPoints } from '../ndjson/file.ts';
import { runSegments } from '../segments.ts';
import { writtenFiles } from '../written-files.ts';
import { scriptFindings, type SegmentFile } from './findings.ts';
import { ScriptTally, type ScriptFigures, type Wanted } from './tally.ts';

/** One round of a hand-written script. */
export interface ScriptRun {
  tool: K6Tool;
  segments: number;
  /** Absolute. */
  script: string;
  env: Readonly<Record<string, string>>;
  /** Of the target, with its port. */
  host: string;
  wanted: Wanted;
  /** k6 is stopped after it. */
  limitMs: number;
  /** For the points; made, and removed again. */
  folder: string;
  signal: AbortSignal;
  onTime: (elapsedMs: number) => void;
}

export interface ScriptResult extends ScriptFigures {
  ended: 'complete' | 'aborted';
  findings: Finding[];
  segments: readonly SegmentUse[];
}

/** Runs a script in one or more segments on this machine and merges their points. Throws a BenchError (2) for a script that k6 does not take. */
export async function runScript({ tool, segments, script, env, host, wanted, limitMs, folder, signal, onTime }: ScriptRun): Promise<ScriptResult> {
  await mkdir(folder, { recursive: true });
  const files = Array.from({ length: segments }, (_, index) => join(folder, `segment-${index + 1}.ndjson`));
  try {
    const { ends, use, log } = await runSegments({
      path: tool.path,
      commands: files.map((output, segment) => argumentsOf({ segment, segments, output, script })),
      options: { cwd: dirname(script), env: { ...k6Environment(segments), ...env }, signal },
      limitMs,
      onTime,
    });
    const written = await writtenFiles(files);
    refuseBrokenScripts(ends, written);
    const ended = signal.aborted ? 'aborted' : 'complete';
    // After an interrupt what was measured is read all the same; one that comes while it is read ends that.
    const { figures, found } = await mergeScript(written, wanted, host, segments, ended === 'aborted' ? undefined : signal);
    return { ...figures, ended, segments: use.segments, findings: [...exitFindings(ends), ...logFindings(log, figures.iterations), ...useFindings(use), ...found] };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Written by k6 every second, whatever a script does: for as long as it runs. */
const PULSE = 'vus';

/** The points of all segments of a script as the figures of one run. Files one after the other, each as a stream. Throws a BenchError (130) once aborted. */
export async function mergeScript(files: readonly string[], wanted: Wanted, host: string, segments: number, signal?: AbortSignal): Promise<{ figures: ScriptFigures; found: Finding[]; read: SegmentFile[] }> {
  const tally = new ScriptTally(wanted, host);
  // A scenario can name it too: each metric has one place.
  const metrics = [...new Set([...tally.metrics, PULSE])];
  const pulse = metrics.indexOf(PULSE);
  const read: SegmentFile[] = [];
  for (const file of files) {
    tally.nextSegment();
    const alive = { fromMs: Infinity, toMs: -Infinity };
    const take = (metric: number, timeMs: number, value: number, tags: string): void => {
      if (metric !== pulse) return tally.point(metric, timeMs, value, tags);
      alive.fromMs = Math.min(alive.fromMs, timeMs);
      alive.toMs = Math.max(alive.toMs, timeMs);
    };
    const { torn, thresholds } = await readPoints(file, metrics, take, { signal, onDeclared: (declared) => tally.declare(declared) });
    read.push({ file, startMs: tally.startMs, aliveMs: Math.max(0, alive.toMs - alive.fromMs), torn, thresholds });
  }
  const figures = tally.figures();
  return { figures, found: scriptFindings(figures, read, segments), read };
}
