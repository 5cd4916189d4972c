import type { Arrivals } from './arrivals.ts';
import type { Clock } from './clock.ts';

/** Node's timers have a grain of 1 ms and fire up to a little more than that late: wake this much earlier, then poll. */
const TIMER_SLACK_MS = 1.2;

/** What happens on a turn; all times are ms since the start. */
export interface Pace {
  /** First on every turn. `polled`: the loop did not sleep since the last turn. */
  begin(nowMs: number, polled: boolean): void;
  /** An arrival is due; `nowMs` is at or after `intendedMs`. */
  due(intendedMs: number, nowMs: number): void;
  /** Last on every turn: when to wake at the latest, or `null` when all is over. `exhausted`: no arrivals are left. */
  end(nowMs: number, exhausted: boolean): number | null;
}

/**
 * Turns a schedule into calls: sleeps while the next arrival is far, polls the event loop (`setImmediate`, so sockets
 * are served) when it is near, and hands over everything that is due on each turn. An arrival is never early, and a
 * late one keeps its intended time. Returns what stops it.
 */
export function pace(arrivals: Arrivals, clock: Clock, startMs: number, on: Pace): () => void {
  let next = arrivals.next();
  let polled = false;
  let stopped = false;

  const turn = (): void => {
    const turnMs = clock.now() - startMs;
    on.begin(turnMs, polled);
    // What falls due meanwhile waits for the next turn, or a fast schedule would keep answers from being read.
    while (next <= turnMs && !stopped) {
      on.due(next, clock.now() - startMs);
      next = arrivals.next();
    }
    if (stopped) return;
    const nowMs = clock.now() - startMs;
    const wakeMs = on.end(nowMs, next === Number.POSITIVE_INFINITY);
    if (wakeMs === null || stopped) return;
    // Only arrivals are worth polling for; the rest (windows, deadlines) may be a millisecond late.
    const sleepMs = Math.floor(Math.min(next - TIMER_SLACK_MS, wakeMs) - nowMs);
    polled = sleepMs < 1 && next - TIMER_SLACK_MS - 1 < nowMs;
    cancel = polled ? clock.soon(turn) : clock.after(Math.max(1, sleepMs), turn);
  };
  let cancel = clock.soon(turn);
  return () => {
    stopped = true;
    cancel();
  };
}
