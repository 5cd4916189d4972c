import { peakPerSecond, SECONDS_A_DAY, type Demand } from './demand.ts';

/** What servers must bear, and with how much room. */
export interface Sizing extends Demand {
  /** Videos a second that one server makes within its SLA. */
  perSecond: number;
  /** Share of a server that stays free in the busiest hour: 0 up to, but not including, 1. */
  headroom: number;
}

/** Rounding errors must not buy a server. */
const EPSILON = 1e-9;

/** The fewest servers whose busiest hour stays within the headroom; at least one. */
export function serversFor(sizing: Sizing): number {
  return Math.max(1, Math.ceil(peakPerSecond(sizing) / (sizing.perSecond * (1 - sizing.headroom)) - EPSILON));
}

/** How busy so many servers are, in the busiest hour and over the whole day; above 1: more comes than they make. */
export function utilisation({ videosPerDay, peakFactor, perSecond }: Omit<Sizing, 'headroom'>, servers: number): { peak: number; mean: number } {
  const made = servers * perSecond;
  return { peak: peakPerSecond({ videosPerDay, peakFactor }) / made, mean: videosPerDay / SECONDS_A_DAY / made };
}
