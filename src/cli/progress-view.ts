import type { RunEvent } from '../pipeline/events.ts';
import { formatMs } from '../units.ts';

/** What the live view knows. Pure: events in, lines out; the clock is passed in. */
export interface ProgressState {
  stage: string;
  /** How far a stage is that takes long: a clip being made. */
  stageDone: string;
  estimateMs: number;
  /** When it ends at the latest, where that is set. */
  untilMs: number;
  /** Estimated cost of what is finished. */
  doneMs: number;
  /** When the first workload started: time left is scaled by how the estimates did so far. */
  firstStartMs: number | null;
  current: { title: string; estimateMs: number; startedMs: number; phase: string; done: number; figure: string | undefined } | null;
  /** One line for everything that finished since the last draw. */
  finished: string[];
}

export const initialProgress: ProgressState = { stage: 'reading scenarios', stageDone: '', estimateMs: 0, untilMs: Infinity, doneMs: 0, firstStartMs: null, current: null, finished: [] };

export function advance(state: ProgressState, event: RunEvent, nowMs: number): ProgressState {
  switch (event.type) {
    case 'stage':
      return { ...state, stage: event.text, stageDone: '' };
    case 'note':
      return { ...state, finished: [...state.finished, event.text] };
    case 'planned':
      return { ...state, estimateMs: event.estimateMs, untilMs: nowMs + (event.withinMs ?? Infinity) };
    case 'workload-started': {
      const title = `${roundWord(event)} ${event.round + 1}/${event.rounds}  ${event.workload}`;
      return {
        ...state,
        firstStartMs: state.firstStartMs ?? nowMs,
        current: { title, estimateMs: event.estimateMs, startedMs: nowMs, phase: '', done: 0, figure: undefined },
      };
    }
    case 'progress':
      if (state.current === null) return { ...state, stageDone: `: ${event.progress.phase}, ${Math.round(event.progress.done * 100)} %` };
      return { ...state, current: { ...state.current, ...event.progress, figure: event.progress.figure ?? state.current.figure } };
    case 'workload-finished':
      return {
        ...state,
        doneMs: state.doneMs + (state.current?.estimateMs ?? 0),
        current: null,
        finished: [...state.finished, `${roundWord(event)} ${event.round + 1}  ${event.workload}: ${event.headline}  (${formatMs(event.durationMs)})`],
      };
  }
}

const roundWord = ({ fresh }: { fresh: boolean }): string => (fresh ? 'fresh round' : 'round');

/** Share done and time left, from the estimates and how true they have been so far. */
export function outlook(state: ProgressState, nowMs: number): { done: number; leftMs: number | null } {
  if (state.estimateMs === 0 || state.firstStartMs === null) return { done: 0, leftMs: null };
  const currentMs = state.current === null ? 0 : state.current.estimateMs * Math.min(1, state.current.done);
  const passedMs = state.doneMs + currentMs;
  const elapsedMs = nowMs - state.firstStartMs;
  const done = Math.min(0.99, passedMs / state.estimateMs);
  // Estimates are guesses until some of them came true: blend them with what was seen.
  const trust = Math.min(1, passedMs / 10_000);
  const pace = passedMs === 0 ? 1 : trust * (elapsedMs / passedMs) + (1 - trust);
  return { done, leftMs: Math.max(0, Math.min(state.untilMs - nowMs, (state.estimateMs - passedMs) * pace)) };
}

const BAR = 24;

/** The lines that are redrawn on a terminal. */
export function drawProgress(state: ProgressState, nowMs: number, width: number): string {
  const { done, leftMs } = outlook(state, nowMs);
  if (state.firstStartMs === null) return clip(`  ${state.stage}${state.stageDone} …`, width);
  const filled = Math.round(done * BAR);
  const left = leftMs === null ? '' : `  about ${formatMs(Math.ceil(leftMs / 1_000) * 1_000)} left`;
  const bar = `  ${'█'.repeat(filled)}${'░'.repeat(BAR - filled)} ${String(Math.round(done * 100)).padStart(3)} %${left}`;
  return `${clip(bar, width)}\n${clip(`  ${currentLine(state)}`, width)}`;
}

/** One line for a log, where nothing can be redrawn. */
export function logLine(state: ProgressState, nowMs: number): string {
  const { done, leftMs } = outlook(state, nowMs);
  if (state.firstStartMs === null) return `${state.stage}${state.stageDone}`;
  const left = leftMs === null ? '' : `, about ${formatMs(Math.ceil(leftMs / 1_000) * 1_000)} left`;
  return `${Math.round(done * 100)} %${left}: ${currentLine(state)}`;
}

function currentLine(state: ProgressState): string {
  if (state.current === null) return state.stage;
  const { title, phase, figure, done } = state.current;
  return [title, phase, done > 0 ? `${Math.round(done * 100)} %` : '', figure ?? ''].filter((part) => part !== '').join('  ');
}

function clip(line: string, width: number): string {
  return line.length <= width ? line : `${line.slice(0, Math.max(1, width - 1))}…`;
}
