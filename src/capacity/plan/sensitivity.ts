import { monthlyCost } from './cost.ts';
import { serversFor, type Sizing } from './servers.ts';
import { paidBytes, storageOf } from './storage.ts';

/** Everything that a deployment's figures follow from. */
export interface Assumptions extends Sizing {
  spare: number;
  bytesPerVideo: number | null;
  retentionDays: number | null;
  /** How far ahead storage is paid for where nothing is removed. */
  horizonDays: number;
  /** Null: costs are left out. */
  pricePerHour: number | null;
  pricePerGbMonth: number;
}

export interface Consequences {
  servers: number;
  perWeekBytes: number | null;
  perMonth: number | null;
}

export function consequencesOf(assumed: Assumptions): Consequences {
  const servers = serversFor(assumed) + assumed.spare;
  const storage = assumed.bytesPerVideo === null ? null : storageOf(assumed.videosPerDay, assumed.bytesPerVideo, assumed.retentionDays);
  const cost = assumed.pricePerHour === null ? null : monthlyCost({ servers, pricePerHour: assumed.pricePerHour, storedBytes: storage === null ? 0 : paidBytes(storage, assumed.horizonDays), pricePerGbMonth: assumed.pricePerGbMonth, videosPerDay: assumed.videosPerDay });
  return { servers, perWeekBytes: storage?.perWeekBytes ?? null, perMonth: cost?.total ?? null };
}

const STEP = 0.2;
const VARIED = ['videosPerDay', 'peakFactor', 'perSecond', 'bytesPerVideo', 'pricePerHour'] as const;

export type Varied = (typeof VARIED)[number];

/**
 * What follows where one assumption at a time is 20 % lower or higher; those that are not known are left out, and `low` is null where
 * it cannot be: the busiest hour is never below the mean one.
 */
export function sensitivity(assumed: Assumptions): { varied: Varied; low: Consequences | null; high: Consequences }[] {
  return VARIED.flatMap((varied) => {
    const value = assumed[varied];
    if (value === null) return [];
    const at = (factor: number): Consequences => consequencesOf({ ...assumed, [varied]: value * factor });
    const lowest = varied === 'peakFactor' ? 1 : 0;
    return [{ varied, low: value * (1 - STEP) < lowest ? null : at(1 - STEP), high: at(1 + STEP) }];
  });
}
