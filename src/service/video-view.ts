import type { ClipParameters } from './clip.ts';

export type ClipState =
  | { status: 'queued' }
  | { status: 'processing'; startedAt: Date; progress: number }
  | { status: 'done'; startedAt: Date; finishedAt: Date; bytes: number }
  | { status: 'failed'; startedAt: Date; finishedAt: Date; error: string };

/** A video as the API shows it. */
export interface VideoView {
  id: string;
  status: ClipState['status'];
  progress: number;
  cached: boolean;
  title: string;
  durationS: number;
  width: number;
  height: number;
  queuedAt: string;
  startedAt?: string;
  finishedAt?: string;
  bytes?: number;
  error?: string;
}

export interface Shown {
  id: string;
  clip: { state: ClipState; parameters: ClipParameters };
  cached: boolean;
  queuedAt: Date;
}

/** A cached video shows its own request's time where the clip is older: nobody has waited for less than nothing. */
export function viewOf({ id, clip, cached, queuedAt }: Shown): VideoView {
  const { state, parameters } = clip;
  const { title, durationS, width, height } = parameters;
  const shown = { id, status: state.status, cached, title, durationS, width, height, queuedAt: queuedAt.toISOString() };
  const time = (at: Date): string => (at < queuedAt ? queuedAt : at).toISOString();
  switch (state.status) {
    case 'queued':
      return { ...shown, progress: 0 };
    case 'processing':
      return { ...shown, progress: state.progress, startedAt: time(state.startedAt) };
    case 'done':
      return { ...shown, progress: 1, startedAt: time(state.startedAt), finishedAt: time(state.finishedAt), bytes: state.bytes };
    case 'failed':
      return { ...shown, progress: 0, startedAt: time(state.startedAt), finishedAt: time(state.finishedAt), error: state.error };
  }
}
