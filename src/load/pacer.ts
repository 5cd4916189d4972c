import type { Arrivals } from './arrivals.ts';
import type { Clock } from './clock.ts';

/** Node's timers have a grain of 1 ms and fire up to a little more than that late: wake this much earlier, then poll. */
const TIMER_SLACK_MS = 1.2;

/**
 * For so long a turn starts what is due before answers are read. Without it the arrivals that pile up in a stall all
 * find their connections busy, and opening hundreds of new ones takes longer than the stall did. Measured at 20,000/s
 * on one core: with turns of 1 ms the backlog stays for good, with 0.1 ms it is gone at once and 25,000/s are clean.
 */
const TURN_LIMIT_MS = 0.1;

/** What happens on a turn; all times are ms since the start. */
export interface Pace {
  /** First on every turn. `polled`: the loop did not sleep since the last turn. */
  begin(nowMs: number, polled: boolean): void;
  /** An arrival is due; `nowMs` is at or after `intendedMs`. */
  due(intendedMs: number, nowMs: number): void;
  /**
   * Last on every turn: when to wake at the latest, or `null` when all is over. `nextMs`: when the next arrival is due, before `nowMs`
   * where it fell due meanwhile; `Infinity`: none is left.
   */
  end(nowMs: number, nextMs: number): number | null;
}

/**
 * Turns a schedule into calls: sleeps while the next arrival is far, polls the event loop (`setImmediate`, so sockets
 * are served) when it is near, and hands over what is due on each turn. An arrival is never early, and a
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
    for (let nowMs = turnMs; next <= turnMs && nowMs - turnMs < TURN_LIMIT_MS && !stopped; nowMs = clock.now() - startMs) {
      on.due(next, nowMs);
      next = arrivals.next();
    }
    if (stopped) return;
    const nowMs = clock.now() - startMs;
    const wakeMs = on.end(nowMs, next);
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
