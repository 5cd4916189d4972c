/** A curve through points that never overshoots them: monotone where they are. */
export interface Curve {
  /** Lowest and highest x. */
  from: number;
  to: number;
  at(x: number): number;
  /** Over x from `a` to `b`, both within the curve. */
  integral(a: number, b: number): number;
}

/**
 * Piecewise cubic Hermite interpolation. `xs` strictly rising, at least two. Slopes: Fritsch and Butland, SIAM J. Sci. Stat.
 * Comput. 5 (1984), with the three-point ends of Moler, Numerical Computing with MATLAB, 3.4; the same as scipy's PchipInterpolator.
 */
export function pchip(xs: readonly number[], ys: readonly number[]): Curve {
  const n = xs.length;
  if (n < 2 || ys.length !== n) throw new Error('a curve needs at least two points');
  const x = (at: number): number => xs[at] ?? Number.NaN;
  const y = (at: number): number => ys[at] ?? Number.NaN;
  const width = xs.slice(1).map((right, at) => right - x(at));
  if (width.some((each) => !(each > 0))) throw new Error('x must rise strictly');
  const h = (at: number): number => width[at] ?? Number.NaN;
  const d = (at: number): number => (y(at + 1) - y(at)) / h(at);
  const slopes = Array.from({ length: n }, (_, at): number => {
    if (n === 2) return d(0);
    if (at === 0) return end(h(0), h(1), d(0), d(1));
    if (at === n - 1) return end(h(n - 2), h(n - 3), d(n - 2), d(n - 3));
    const [before, after] = [d(at - 1), d(at)];
    if (before * after <= 0) return 0;
    const [w1, w2] = [2 * h(at) + h(at - 1), h(at) + 2 * h(at - 1)];
    return (w1 + w2) / (w1 / before + w2 / after);
  });
  const piece = (at: number): { c: number[]; left: number } => {
    const [m0, m1] = [slopes[at] ?? 0, slopes[at + 1] ?? 0];
    return { left: x(at), c: [y(at), m0, (3 * d(at) - 2 * m0 - m1) / h(at), (m0 + m1 - 2 * d(at)) / h(at) ** 2] };
  };
  const pieces = width.map((_, at) => piece(at));
  const [from, to] = [x(0), x(n - 1)];
  const pieceOf = (value: number): { c: number[]; left: number } => {
    const at = pieces.findLastIndex(({ left }) => left <= value);
    return pieces[Math.max(0, at)] ?? { c: [], left: from };
  };
  /** From the left end of the curve. */
  const area = (value: number): number =>
    pieces.reduce((total, { c, left }, at) => {
      const t = Math.min(value, x(at + 1)) - left;
      return t <= 0 ? total : total + c.reduce((sum, factor, power) => sum + (factor * t ** (power + 1)) / (power + 1), 0);
    }, 0);
  return {
    from,
    to,
    at(value) {
      const { c, left } = pieceOf(value);
      return c.reduce((sum, factor, power) => sum + factor * (value - left) ** power, 0);
    },
    integral: (a, b) => area(b) - area(a),
  };
}

function end(h0: number, h1: number, d0: number, d1: number): number {
  const slope = ((2 * h0 + h1) * d0 - h0 * d1) / (h0 + h1);
  if (slope * d0 <= 0) return 0;
  return d0 * d1 < 0 && Math.abs(slope) > 3 * Math.abs(d0) ? 3 * d0 : slope;
}
