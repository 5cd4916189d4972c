import { setMaxListeners } from 'node:events';

/** A signal that ends work in time. */
export interface Deadline {
  signal: AbortSignal;
  release: () => void;
}

/**
 * Aborted by an interrupt, and `leftMs` from now (infinite: never). By a timer of its own: what `AbortSignal.any` and
 * `AbortSignal.timeout` give may be collected as garbage by Node 20 before the time is over, while nobody listens to it.
 */
export function deadlineIn(leftMs: number, interrupt: AbortSignal): Deadline {
  const controller = new AbortController();
  // Every request under way listens to it; that is no leak.
  setMaxListeners(0, controller.signal);
  const end = (): void => controller.abort();
  const timer = leftMs === Infinity ? undefined : setTimeout(end, Math.max(0, Math.ceil(leftMs)));
  if (interrupt.aborted) end();
  else interrupt.addEventListener('abort', end, { once: true });
  return {
    signal: controller.signal,
    release: () => {
      clearTimeout(timer);
      interrupt.removeEventListener('abort', end);
    },
  };
}
