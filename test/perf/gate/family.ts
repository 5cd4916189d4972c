import { metric } from '../../../src/record/metrics.ts';
import type { Metric } from '../../../src/record/schema.ts';
import type { Random } from '../../../src/random.ts';

/** A simulated run: 20 gated figures of a scenario and three shares of failures, and how they vary from round to round and from session to session. */
const FIGURES = [
  ...['health', 'submit', 'status'].flatMap((step) => [
    { id: 'latency.p50', labels: { step }, base: 200, n: 6_000 },
    { id: 'latency.p95', labels: { step }, base: 400, n: 6_000 },
    { id: 'throughput', labels: { step }, base: 50, n: 6_000 },
  ]),
  ...['30s', '60s', 'batch'].flatMap((clip) => [
    { id: 'encode.wall', labels: { clip }, base: 8_000, n: 3 },
    { id: 'encode.cpu', labels: { clip }, base: 12_000, n: 3 },
  ]),
  ...['1', '2'].flatMap((concurrency) => [
    { id: 'batch.makespan', labels: { concurrency }, base: 40_000, n: 30 },
    { id: 'batch.cpu', labels: { concurrency }, base: 60_000, n: 30 },
  ]),
  { id: 'encode.wall', labels: { concurrency: '2' }, base: 8_000, n: 30 },
];

/** Share of requests that fail when nothing is wrong. */
const SHARES = [
  { id: 'errors.rate', labels: { step: 'health' }, base: 0 },
  { id: 'errors.rate', labels: { step: 'submit' }, base: 0.002 },
  { id: 'errors.rate', labels: { step: 'status' }, base: 0.01 },
];

/** Failures come in bursts: one begins with every twentieth measurement, every other one lasts into the next, and it adds 5 points on average. */
const BURST = { begins: 0.05, lasts: 0.5, adds: 0.05 } as const;
/** Requests of one round; what the rate itself varies by between sessions, as a standard deviation of logarithms. */
const TRIALS = 400;
const SHARE_LUCK = 0.3;

export const FAMILY_SIZE = FIGURES.length + SHARES.length;
export const FIGURE_COUNT = FIGURES.length;
/** Places in the family. */
export const AT = { time: 0, cpu: 10, share: FIGURES.length + 1 } as const;

export type Draw = (random: Random) => number;

export const normal: Draw = (random) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
/** Student's t with 3 degrees of freedom, scaled to a standard deviation of 1: one value in a hundred lies beyond 2.6, one in a thousand beyond 5.9. */
export const heavy: Draw = (random) => normal(random) / Math.sqrt(normal(random) ** 2 + normal(random) ** 2 + normal(random) ** 2);

/** How the luck of one session follows that of those before it. */
export type Drift = 'none' | 'follows' | 'wave';
/** `follows`: correlated by so much with the session before. `wave`: half of its variance is a wave that long, a slow trend up and down again. */
const FOLLOWS = 0.9;
const WAVE_SESSIONS = 60;

export interface Noise {
  /** Standard deviations of logarithms: 0.05 is 5 %. */
  round: number;
  session: number;
  roundDraw: Draw;
  sessionDraw: Draw;
  drift: Drift;
  /** All metrics have the same luck: a slow day of the whole machine. */
  common: boolean;
  /** Failures come in bursts as well. */
  bursts: boolean;
}

/** How a session differs from the usual: a factor for each figure, points on top for a share. */
export interface Shift {
  at: number;
  by: number;
}

/** CPU seconds vary less than times do: 3.5-6 % where wall time varies 5-10 %. */
const scaleOf = (id: string): number => (id.endsWith('.cpu') ? 0.6 : 1);

/** A machine whose sessions follow one another. */
export class Machine {
  readonly #random: Random;
  readonly #noise: Noise;
  readonly #phases: number[];
  #state: number[];
  #sessions = 0;

  constructor(random: Random, noise: Noise) {
    this.#random = random;
    this.#noise = noise;
    this.#state = this.#draws();
    const shared = random();
    this.#phases = this.#state.map(() => (noise.common ? shared : random()));
  }

  session(shift: Shift | null = null): Session {
    return new Session(this.#random, this.#noise, this.luck(), shift);
  }

  /** Of the next session, metric by metric, in standard deviations. */
  luck(): readonly number[] {
    const fresh = this.#draws();
    this.#sessions += 1;
    this.#state = fresh.map((draw, index) => {
      switch (this.#noise.drift) {
        case 'none':
          return draw;
        case 'follows':
          return FOLLOWS * (this.#state[index] ?? 0) + Math.sqrt(1 - FOLLOWS ** 2) * draw;
        case 'wave':
          return Math.sin(2 * Math.PI * (this.#sessions / WAVE_SESSIONS + (this.#phases[index] ?? 0))) + Math.SQRT1_2 * draw;
      }
    });
    return this.#state;
  }

  #draws(): number[] {
    const { common, sessionDraw } = this.#noise;
    const shared = sessionDraw(this.#random);
    return Array.from({ length: FAMILY_SIZE }, () => (common ? shared : sessionDraw(this.#random)));
  }
}

/** What bursts add to the failures, measurement by measurement. */
class Bursts {
  readonly #random: Random;
  #inBurst = false;

  constructor(random: Random) {
    this.#random = random;
  }

  next(): number {
    this.#inBurst = this.#random() < (this.#inBurst ? BURST.lasts : BURST.begins);
    return this.#inBurst ? -BURST.adds * Math.log(1 - this.#random()) : 0;
  }
}

export const burstsOf = (random: Random): Bursts[] => SHARES.map(() => new Bursts(random));

/** What one session was dealt: rounds measured in it share its luck. */
export class Session {
  readonly #luck: readonly number[];
  readonly #random: Random;
  readonly #noise: Noise;
  readonly #shift: Shift | null;
  readonly #bursts: readonly Bursts[];

  /**
   * @param luck of every metric, in standard deviations
   * @param bursts of every share, from one measurement to the next
   */
  constructor(random: Random, noise: Noise, luck: readonly number[], shift: Shift | null = null, bursts = burstsOf(random)) {
    this.#random = random;
    this.#noise = noise;
    this.#luck = luck;
    this.#shift = shift;
    this.#bursts = bursts;
  }

  /** The values of every metric, round by round. */
  rounds(count: number): number[][] {
    const { round, session, roundDraw, bursts } = this.#noise;
    const shiftOf = (index: number): number => (this.#shift?.at === index ? this.#shift.by : 0);
    const figures = FIGURES.map(({ base, id }, index) => {
      // A shift is a worsening: of a rate it is a fall.
      const factor = id === 'throughput' ? 1 / (1 + shiftOf(index)) : 1 + shiftOf(index);
      const luck = session * scaleOf(id) * (this.#luck[index] ?? 0);
      return Array.from({ length: count }, () => factor * base * Math.exp(luck + round * scaleOf(id) * roundDraw(this.#random)));
    });
    const shares = SHARES.map(({ base }, at) => {
      const index = FIGURES.length + at;
      const luck = session === 0 ? 0 : SHARE_LUCK * (this.#luck[index] ?? 0);
      return Array.from({ length: count }, () => this.#failures(base * Math.exp(luck) + shiftOf(index) + (bursts ? (this.#bursts[at]?.next() ?? 0) : 0)) / TRIALS);
    });
    return [...figures, ...shares];
  }

  /** Failures of one round by Knuth's method for Poisson's distribution (The Art of Computer Programming, 3.4.1), which rare ones follow. */
  #failures(rate: number): number {
    const stop = Math.exp(-Math.min(1, rate) * TRIALS);
    let [count, product] = [0, this.#random()];
    while (product > stop) {
      count += 1;
      product *= this.#random();
    }
    return Math.min(TRIALS, count);
  }
}

export function metricsOf(values: readonly number[][]): Metric[] {
  const own = (index: number): number[] => values[index] ?? [];
  const figures = FIGURES.map(({ id, labels, n }, index) => metric(id, labels, [...own(index)].sort((a, b) => a - b)[Math.floor(own(index).length / 2)] ?? 0, own(index), n));
  const shares = SHARES.map(({ id, labels }, at) => {
    const rounds = own(FIGURES.length + at);
    return metric(id, labels, rounds.reduce((sum, each) => sum + each, 0) / Math.max(1, rounds.length), rounds, TRIALS * rounds.length);
  });
  return [...figures, ...shares];
}
