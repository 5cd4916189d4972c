/** Time as the engine sees it; tests put in one they turn by hand. */
export interface Clock {
  /** Milliseconds, with fractions, from any fixed point. */
  now(): number;
  /** Calls back after at least `ms`. Returns what cancels it. */
  after(ms: number, callback: () => void): () => void;
  /** Calls back once what is waiting in the event loop has been handled. */
  soon(callback: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
  soon(callback) {
    const immediate = setImmediate(callback);
    return () => clearImmediate(immediate);
  },
};
