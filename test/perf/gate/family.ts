import { metric } from '../../../src/record/metrics.ts';
import type { Metric } from '../../../src/record/schema.ts';
import type { Random } from '../../../src/random.ts';

/** A simulated run: the 20 gated metrics of a scenario, and how they vary from round to round and from session to session. */
const METRICS = [
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

export const FAMILY_SIZE = METRICS.length;

export type Draw = (random: Random) => number;

export const normal: Draw = (random) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
/** Student's t with 3 degrees of freedom, scaled to a standard deviation of 1: one value in a hundred lies beyond 2.6, one in a thousand beyond 5.9. */
export const heavy: Draw = (random) => normal(random) / Math.sqrt(normal(random) ** 2 + normal(random) ** 2 + normal(random) ** 2);

export interface Noise {
  /** Standard deviations of logarithms: 0.05 is 5 %. */
  round: number;
  session: number;
  roundDraw: Draw;
  sessionDraw: Draw;
}

/** How a session differs from the usual: a factor for each metric. */
export type Shift = (index: number) => number;

const none: Shift = () => 1;

/** CPU seconds vary less than times do: 3.5-6 % where wall time varies 5-10 %. */
const scaleOf = (id: string): number => (id.endsWith('.cpu') ? 0.6 : 1);

/** What one session was dealt: rounds measured in it share its luck. */
export class Session {
  readonly #luck: number[];
  readonly #random: Random;
  readonly #noise: Noise;
  readonly #shift: Shift;

  constructor(random: Random, noise: Noise, shift: Shift = none) {
    this.#random = random;
    this.#noise = noise;
    this.#shift = shift;
    this.#luck = METRICS.map(({ id }) => noise.session * scaleOf(id) * noise.sessionDraw(random));
  }

  rounds(count: number): number[][] {
    const { round, roundDraw } = this.#noise;
    return METRICS.map(({ base, id }, index) => {
      // A shift is a worsening: of a rate it is a fall.
      const factor = id === 'throughput' ? 1 / this.#shift(index) : this.#shift(index);
      return Array.from({ length: count }, () => factor * base * Math.exp((this.#luck[index] ?? 0) + round * scaleOf(id) * roundDraw(this.#random)));
    });
  }
}

export function metricsOf(values: readonly number[][]): Metric[] {
  return METRICS.map(({ id, labels, n }, index) => {
    const own = values[index] ?? [];
    const sorted = [...own].sort((a, b) => a - b);
    return metric(id, labels, sorted[Math.floor(sorted.length / 2)] ?? 0, own, n);
  });
}
