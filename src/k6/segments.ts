import { startProcess, type ProcessOptions, type RunningProcess } from '../host/processes.ts';
import type { SegmentEnd } from './exit.ts';
import { LogReader, type LogFacts } from './log.ts';
import { watchSegments, type GeneratorUse } from './generator-use.ts';

/** The k6 processes of one round. */
export interface SegmentsToRun {
  /** Of k6. */
  path: string;
  /** Arguments of each process. */
  commands: readonly (readonly string[])[];
  options: ProcessOptions;
  /** After which one that still runs is stopped. */
  limitMs: number;
  /** Called a few times a second, with how long they have run. */
  onTime: (elapsedMs: number) => void;
}

const STOP_GRACE_MS = 10_000;
const PROGRESS_MS = 250;

/** Starts them together and waits for the last one. Never rejects for what k6 does: how each ended is in the result. */
export async function runSegments({ path, commands, options, limitMs, onTime }: SegmentsToRun): Promise<{ ends: SegmentEnd[]; use: GeneratorUse; log: LogFacts }> {
  const log = new LogReader();
  const startedAt = performance.now();
  const running = commands.map((args) => startProcess(path, args, { ...options, onStderrLine: log.line }));
  const watch = watchSegments(running.map(({ pid }) => pid));
  const timer = setInterval(() => onTime(performance.now() - startedAt), PROGRESS_MS);
  try {
    const ends = await Promise.all(running.map((process, segment) => ended(segment, process, limitMs)));
    return { ends, use: watch.stop(), log: log.facts() };
  } finally {
    clearInterval(timer);
  }
}

async function ended(segment: number, process: RunningProcess, limitMs: number): Promise<SegmentEnd> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => (timer = setTimeout(() => resolve(null), limitMs)));
  const result = await Promise.race([process.exited, late]);
  clearTimeout(timer);
  return result === null ? { segment, result: await process.stop(STOP_GRACE_MS), hung: true } : { segment, result, hung: false };
}
