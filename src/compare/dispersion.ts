import type { Failures } from './failures.ts';
import { normalQuantile } from './stats/normal.ts';
import { tTail } from './stats/student-t.ts';
import { priorWorth, tailDf } from './tails.ts';

/** How many times more shares vary than the same chance in every trial would make them (1: not at all), and how surely that is known. */
export interface Dispersion {
  factor: number;
  /** Degrees of freedom behind the factor. */
  df: number;
}

/** Failures come in bursts: until rounds show otherwise a factor of 2, worth as much as one degree of freedom of theirs. */
const PRIOR = { factor: 2, df: 1 } as const;
/** What a rate of failures varies by from session to session to begin with, as a share of itself. */
const LUCK = 0.3;

/**
 * Dispersion of rounds around their own figure's share: Pearson's chi² over its degrees of freedom, pooled over the figures, with the
 * prior (McCullagh & Nelder, Generalized Linear Models, 4.5). A figure without a failure says nothing of bursts; where `evenIfNone`
 * one is taken as rounds that agree.
 */
export function roundDispersion(figures: readonly Failures[], evenIfNone: Failures | null = null): Dispersion {
  let [chi, df] = [PRIOR.factor * PRIOR.df, PRIOR.df];
  for (const figure of figures) {
    const { rounds, trialsPerRound } = figure;
    const rate = rounds.reduce((sum, each) => sum + each, 0) / Math.max(1, rounds.length);
    const silent = rate <= 0 || rate >= 1 || trialsPerRound === 0;
    if (rounds.length < 2 || (silent && figure !== evenIfNone)) continue;
    chi += silent ? rounds.length - 1 : rounds.reduce((sum, each) => sum + (trialsPerRound * (each - rate) ** 2) / (rate * (1 - rate)), 0);
    df += rounds.length - 1;
  }
  return { factor: Math.max(1, chi / df), df };
}

/** What the sessions add: variance of their rates beyond chance, in trials; with a prior that fades as the window fills. */
export function sessionDispersion(sessions: readonly Failures[], rate: number, lightTails: boolean): { at: (trials: number) => Dispersion } {
  const counted = sessions.filter(({ trials }) => trials > 0);
  const df = tailDf(sessions.length, lightTails);
  if (counted.length === 0 || rate <= 0 || rate >= 1) return { at: () => ({ factor: 1, df }) };
  const mean = counted.reduce((sum, { trials }) => sum + trials, 0) / counted.length;
  const chi = counted.reduce((sum, { events, trials }) => sum + (events - trials * rate) ** 2 / (trials * rate * (1 - rate)), 0);
  const usual = 1 + mean * LUCK ** 2 * Math.min(rate, 1 - rate);
  const worth = priorWorth(counted.length);
  const factor = (worth * usual + chi) / (worth + counted.length - 1);
  return { at: (trials) => ({ factor: Math.max(1, 1 + ((factor - 1) * trials) / mean), df }) };
}

/**
 * A p-value of counts that were deflated by an estimated dispersion, as Student's t would have it. Only what goes beyond chance was
 * estimated, so the degrees of freedom are those of the sum of a known and an estimated variance, df · (factor / (factor − 1))²
 * (Satterthwaite, Biometrics Bulletin 2, 1946).
 */
export function withDoubt(p: number, { factor, df }: Dispersion): number {
  if (factor <= 1 || p >= 0.5) return p;
  const z = -normalQuantile(Math.max(p, 1e-300));
  return Math.max(p, tTail(z, df * (factor / (factor - 1)) ** 2));
}
