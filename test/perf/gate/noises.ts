import { heavy, normal, type Drift, type Noise } from './family.ts';

const TAILS = { normal, heavy } as const;
export type Tail = keyof typeof TAILS;

/** Noise of rounds and of sessions, each with its tails, and how sessions follow one another. */
export function noiseOf(round: number, session: number, tails: { round?: Tail; session?: Tail; drift?: Drift; common?: boolean; bursts?: boolean } = {}): Noise {
  const { round: roundTail = 'normal', session: sessionTail = 'normal', drift = 'none', common = false, bursts = true } = tails;
  return { round, session, roundDraw: TAILS[roundTail], sessionDraw: TAILS[sessionTail], drift, common, bursts };
}
