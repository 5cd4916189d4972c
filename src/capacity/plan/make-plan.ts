import { BenchError, EXIT } from '../../errors.ts';
import type { PlanRecord, PlannedDeployment, PlannedVolume, ServerFigure } from '../../record/plan.ts';
import { formatNumber } from '../../units.ts';
import { paysFrom, volumeTable, type PricedServer } from './break-even.ts';
import { costPerVideoAt, DAYS_A_MONTH, monthlyCost } from './cost.ts';
import { grown } from './demand.ts';
import { burstMs } from './queue.ts';
import { consequencesOf, sensitivity, type Assumptions } from './sensitivity.ts';
import { serversFor, utilisation } from './servers.ts';
import { paidBytes, storageOf } from './storage.ts';

/** A deployment as the scenario's `capacity` section has it. */
export interface DeploymentSpec {
  description?: string | undefined;
  video?: { duration: number; height?: number | undefined } | undefined;
  videosPerDay: readonly [number, number];
  peakFactor: number;
  growthPerMonth: number;
  months: number;
  headroom: number;
  spare: number;
  /** ms; absent: for ever. */
  retention?: number | undefined;
  concurrent?: readonly [number, number] | undefined;
  storagePerWeek?: readonly [number, number] | undefined;
}

export interface PlanBase {
  server: ServerFigure;
  /** Times as many videos of equal quality as the CPU, by the same encodes on both; null where that is not known. */
  gpuSpeedup: number | null;
  bytesPerVideo: number | null;
  prices: PlanRecord['prices'];
}

const BUSY = [0.3, 0.5, 0.7, 0.9];
const DAY_MS = 86_400_000;

/** Cost per video on a server that is busy for 30, 50, 70 and 90 % of its time. */
export function costTable(base: PlanBase): PlanRecord['costPerVideo'] {
  const { server, prices } = base;
  if (prices === null) return [];
  const gpu = gpuServer(base);
  return BUSY.map((busy) => ({ busy, cpu: costPerVideoAt(prices.cpuPerHour, server.perSecond, busy), gpu: gpu === null ? null : costPerVideoAt(gpu.pricePerHour, gpu.perSecond, busy) }));
}

/** GPU against CPU at work all the time, at equal quality; null where one of them is not known. */
export function breakEvenOf(base: PlanBase): PlanRecord['breakEven'] {
  const gpu = gpuServer(base);
  return gpu === null || base.prices === null ? null : paysFrom({ perSecond: base.server.perSecond, pricePerHour: base.prices.cpuPerHour }, gpu);
}

/** A server with a GPU makes what this one makes, times what the GPU gained on the same encodes. */
function gpuServer({ server, gpuSpeedup, prices }: PlanBase): PricedServer | null {
  const pricePerHour = prices?.gpuPerHour ?? null;
  return gpuSpeedup === null || pricePerHour === null ? null : { perSecond: server.perSecond * gpuSpeedup, pricePerHour };
}

/** One deployment: servers, storage and cost of its volumes. Pure. Throws a BenchError (2) where they come to no number that means anything. */
export function planDeployment(name: string, spec: DeploymentSpec, base: PlanBase): PlannedDeployment {
  const { server, bytesPerVideo, prices } = base;
  const gpu = gpuServer(base);
  const retentionDays = spec.retention === undefined ? null : spec.retention / DAY_MS;
  const [low, high] = spec.videosPerDay;
  const assumed = (videosPerDay: number): Assumptions => ({
    videosPerDay, peakFactor: spec.peakFactor, headroom: spec.headroom, spare: spec.spare, perSecond: server.perSecond, bytesPerVideo, retentionDays, horizonDays: spec.months * DAYS_A_MONTH,
    pricePerHour: prices?.cpuPerHour ?? null, pricePerGbMonth: prices?.storagePerGbMonth ?? 0,
  });
  const needed = serversFor(assumed(high));
  const growth = spec.growthPerMonth > 0 ? grown(high, spec.growthPerMonth, spec.months) : null;
  return {
    name,
    description: spec.description ?? null,
    peakFactor: spec.peakFactor, growthPerMonth: spec.growthPerMonth, months: spec.months, headroom: spec.headroom, spare: spec.spare, retentionDays,
    volumes: [
      ...(low === high ? [] : [volumeOf('from', assumed(low))]),
      volumeOf(low === high ? 'today' : 'to', assumed(high)),
      ...(growth === null ? [] : [volumeOf(`in ${spec.months} months`, assumed(growth), 'growth as assumed')]),
    ],
    sensitivity: sensitivity(assumed(high)).map(({ varied, low: less, high: more }) => ({ varied, low: less, now: consequencesOf(assumed(high)), high: more })),
    bursts: burstsOf(spec.concurrent, needed, server),
    storageExpected: spec.storagePerWeek === undefined ? null : { low: spec.storagePerWeek[0], high: spec.storagePerWeek[1] },
    gpu: gpu === null || prices === null ? null : { rows: volumeTable({ perSecond: server.perSecond, pricePerHour: prices.cpuPerHour }, gpu, spec, [...spec.videosPerDay]) },
  };
}

function volumeOf(label: string, assumed: Assumptions, assumption: string | null = null): PlannedVolume {
  const servers = serversFor(assumed);
  if (!Number.isSafeInteger(servers)) throw countless(label, assumed);
  const { peak, mean } = utilisation(assumed, servers);
  const storage = assumed.bytesPerVideo === null ? null : storageOf(assumed.videosPerDay, assumed.bytesPerVideo, assumed.retentionDays);
  const paid = storage === null ? null : paidBytes(storage, assumed.horizonDays);
  const cost = assumed.pricePerHour === null ? null : monthlyCost({ servers: servers + assumed.spare, pricePerHour: assumed.pricePerHour, storedBytes: paid ?? 0, pricePerGbMonth: assumed.pricePerGbMonth, videosPerDay: assumed.videosPerDay });
  if (![paid, storage?.perWeekBytes, cost?.total].every((value) => Number.isFinite(value ?? 0))) throw countless(label, assumed);
  const together = servers > 1 ? `one server was measured, ${servers} together were not` : null;
  const extrapolated = [assumption, together].filter((each) => each !== null).join('; ');
  return { label, videosPerDay: assumed.videosPerDay, extrapolated: extrapolated === '' ? null : extrapolated, servers, peakBusy: peak, meanBusy: mean, perWeekBytes: storage?.perWeekBytes ?? null, keptBytes: storage?.keptBytes ?? null, paidBytes: paid, perMonth: cost?.total ?? null, perVideo: cost?.perVideo ?? null };
}

function countless(label: string, { videosPerDay, perSecond, bytesPerVideo }: Assumptions): BenchError {
  const size = bytesPerVideo === null ? '' : ` of ${formatNumber(bytesPerVideo)} bytes`;
  return new BenchError(EXIT.usage, `${formatNumber(videosPerDay)} videos a day${size} (${label}), ${formatNumber(3_600 * perSecond)} an hour on a server: no number of servers, bytes or costs can be counted for that`, {
    hint: 'Look at videosPerDay, growthPerMonth and months of the deployment in the capacity section, and at what the stored run measured.',
  });
}

function burstsOf(concurrent: DeploymentSpec['concurrent'], servers: number, { perSecond, processingMs, limit }: ServerFigure): PlannedDeployment['bursts'] {
  if (concurrent === undefined || processingMs === null) return [];
  return [...new Set(concurrent)].map((videos) => {
    const doneMs = burstMs(videos, servers, { perSecond, processingMs });
    return { videos, servers, doneMs, withinLimit: limit === null ? null : doneMs <= limit.ms };
  });
}
