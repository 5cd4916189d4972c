import { tQuantile, tTail } from './student-t.ts';

/** What stored values say about where the next one falls. */
export interface Prediction {
  center: number;
  /** Standard error of (new value − center): the spread of one value and the doubt about the center. */
  error: number;
  df: number;
}

/**
 * Prediction for one more value of a process: center ± t · spread · √(1 + v), where v is the variance of the center in units
 * of the spread (1/n for a mean of n, `medianVariance(n)` for a median). Hahn & Meeker, Statistical Intervals, 2.3; with a
 * MAD-scaled spread it is the robust form, with a pooled one the prior counts as earlier values.
 */
export function predict(center: number, spread: number, df: number, centerVariance: number): Prediction {
  return { center, error: spread * Math.sqrt(1 + centerVariance), df };
}

/** P(a value this far above the center or further), had nothing changed. */
export function predictionTail(prediction: Prediction, value: number): number {
  const distance = value - prediction.center;
  if (prediction.error === 0) return distance > 0 ? 0 : distance < 0 ? 1 : 0.5;
  return tTail(distance / prediction.error, prediction.df);
}

/** The value that `confidence` of new ones stay under. */
export function upperLimit(prediction: Prediction, confidence: number): number {
  return prediction.center + tQuantile(confidence, prediction.df) * prediction.error;
}

/**
 * The smallest shift that is found with the given power at level alpha where what is seen must also reach `threshold`:
 * max(threshold, t_alpha · error) + t_power · error, in the unit of the values (on logarithms: exp(shift) − 1 as a share). The
 * normal-theory approximation of Chow, Shao & Wang, Sample Size Calculations, 3.2; a shift that only equals the larger of the two
 * hurdles is found half the time.
 */
export function smallestDetectable({ error, df }: Prediction, alpha: number, power: number, threshold = 0): number {
  return Math.max(threshold, tQuantile(1 - alpha, df) * error) + tQuantile(power, df) * error;
}
