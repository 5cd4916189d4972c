/** z with Φ(z) = p: Acklam's rational approximation, relative error below 1.2e-9. */
export function normalQuantile(p) {
  const a = [-39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716, 2.506628277459239];
  const b = [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572];
  const c = [-0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968, 2.938163982698783];
  const d = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416];
  const polynomial = (terms, x) => terms.reduce((sum, term) => sum * x + term, 0);
  if (p < 0.02425 || p > 1 - 0.02425) {
    const q = Math.sqrt(-2 * Math.log(Math.min(p, 1 - p)));
    const z = polynomial(c, q) / (polynomial(d, q) * q + 1);
    return p < 0.5 ? z : -z;
  }
  const q = p - 0.5;
  const r = q * q;
  return (polynomial(a, r) * q) / (polynomial(b, r) * r + 1);
}

/** Latency in ms that a share `p` of a log-normal distribution does not exceed. */
export function lognormalQuantile({ medianMs, sigma }, p) {
  return medianMs * Math.exp(sigma * normalQuantile(p));
}

/**
 * `size` latencies whose distribution is the log-normal one (its quantiles at the middle of equal shares), in an order
 * shuffled by `seed`: any `size` requests in a row see exactly that distribution, without the chance of drawing.
 */
export function lognormalCycle({ medianMs, sigma, size, seed }) {
  const cycle = Array.from({ length: size }, (_, index) => lognormalQuantile({ medianMs, sigma }, (index + 0.5) / size));
  let state = seed;
  for (let index = size - 1; index > 0; index -= 1) {
    // Minimal standard generator (Park & Miller 1988).
    state = (state * 48_271) % 2_147_483_647;
    const other = state % (index + 1);
    [cycle[index], cycle[other]] = [cycle[other], cycle[index]];
  }
  return cycle;
}

/** The quantile that nearest rank gives of whole cycles: the cycle has steps, and between two of them the distribution's own quantile is no truth. */
export function lognormalCycleQuantile({ medianMs, sigma, size }, p) {
  return lognormalQuantile({ medianMs, sigma }, (Math.ceil(p * size - 1e-9) - 0.5) / size);
}
