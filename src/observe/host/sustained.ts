/** One figure at one moment, in ms. */
export interface Point {
  atMs: number;
  value: number;
}

/** Readings farther apart than this many intervals leave a gap: nobody knows what was between them. */
const GAP = 3;

/**
 * The worst level that was held for `forMs`: over every stretch of that length the mildest figure in it, and of those the worst.
 * With 0 the worst figure itself. Null where no stretch without a gap is that long. Pure.
 */
export function worstHeld(points: readonly Point[], forMs: number, wrong: 'above' | 'below', everyMs: number): number | null {
  const sign = wrong === 'above' ? 1 : -1;
  let worst: number | null = null;
  for (const stretch of stretchesOf(points, everyMs)) {
    // The mildest figures of the stretch that ends here, each milder than all before it in the queue (a sliding minimum).
    const queue: Point[] = [];
    let first = 0;
    for (const [index, point] of stretch.entries()) {
      while (queue.length > 0 && sign * (queue.at(-1)?.value ?? 0) >= sign * point.value) queue.pop();
      queue.push(point);
      while (first < index && point.atMs - (stretch[first + 1]?.atMs ?? 0) >= forMs) first += 1;
      const from = stretch[first]?.atMs ?? point.atMs;
      while ((queue[0]?.atMs ?? from) < from) queue.shift();
      const [mildest] = queue;
      if (point.atMs - from < forMs || mildest === undefined) continue;
      if (worst === null || sign * mildest.value > sign * worst) worst = mildest.value;
    }
  }
  return worst;
}

/** The longest time for which it was wrong without a break, in ms; null where it never was. */
export function longestWrong(points: readonly Point[], limit: number, wrong: 'above' | 'below', everyMs: number): number | null {
  let longest: number | null = null;
  for (const stretch of stretchesOf(points, everyMs)) {
    let since: number | null = null;
    for (const { atMs, value } of stretch) {
      const holds = wrong === 'above' ? value > limit : value < limit;
      since = holds ? (since ?? atMs) : null;
      if (since !== null) longest = Math.max(longest ?? 0, atMs - since);
    }
  }
  return longest;
}

/** The length of what was looked at, gaps left out. */
export function lookedAtMs(points: readonly Point[], everyMs: number): number {
  return stretchesOf(points, everyMs).reduce((sum, stretch) => sum + (stretch.at(-1)?.atMs ?? 0) - (stretch[0]?.atMs ?? 0), 0);
}

function stretchesOf(points: readonly Point[], everyMs: number): Point[][] {
  const stretches: Point[][] = [];
  for (const point of points) {
    const last = stretches.at(-1)?.at(-1);
    if (last === undefined || point.atMs - last.atMs > GAP * everyMs) stretches.push([point]);
    else stretches.at(-1)?.push(point);
  }
  return stretches;
}
