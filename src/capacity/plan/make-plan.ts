import type { PlanRecord, PlannedDeployment, PlannedVolume, ServerFigure } from '../../record/plan.ts';
import { paysFrom, volumeTable } from './break-even.ts';
import { costPerVideoAt, monthlyCost } from './cost.ts';
import { grown } from './demand.ts';
import { burstMs } from './queue.ts';
import { consequencesOf, sensitivity, type Assumptions } from './sensitivity.ts';
import { serversFor, utilisation } from './servers.ts';
import { storageOf } from './storage.ts';

/** A deployment as the scenario's `capacity` section has it. */
export interface DeploymentSpec {
  description?: string | undefined;
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
  gpu: ServerFigure | null;
  gpuAtEqualQuality: number | null;
  bytesPerVideo: number | null;
  prices: PlanRecord['prices'];
}

const BUSY = [0.3, 0.5, 0.7, 0.9];
const DAY_MS = 86_400_000;

/** Cost per video on a server that is busy for 30, 50, 70 and 90 % of its time. */
export function costTable({ server, gpu, gpuAtEqualQuality, prices }: PlanBase): PlanRecord['costPerVideo'] {
  if (prices === null) return [];
  return BUSY.map((busy) => ({
    busy,
    cpu: costPerVideoAt(prices.cpuPerHour, server.perSecond, busy),
    gpu: gpu === null || prices.gpuPerHour === null || gpuAtEqualQuality === null ? null : costPerVideoAt(prices.gpuPerHour, gpu.perSecond * gpuAtEqualQuality, busy),
  }));
}

/** GPU against CPU at work all the time, at equal quality; null where one of them is not known. */
export function breakEvenOf({ server, gpu, gpuAtEqualQuality, prices }: PlanBase): PlanRecord['breakEven'] {
  if (gpu === null || gpuAtEqualQuality === null || prices === null || prices.gpuPerHour === null) return null;
  return paysFrom({ perSecond: server.perSecond, pricePerHour: prices.cpuPerHour }, { perSecond: gpu.perSecond * gpuAtEqualQuality, pricePerHour: prices.gpuPerHour });
}

/** One deployment: servers, storage and cost of its volumes. Pure. */
export function planDeployment(name: string, spec: DeploymentSpec, base: PlanBase): PlannedDeployment {
  const { server, gpu, gpuAtEqualQuality, bytesPerVideo, prices } = base;
  const retentionDays = spec.retention === undefined ? null : spec.retention / DAY_MS;
  const [low, high] = spec.videosPerDay;
  const assumed = (videosPerDay: number): Assumptions => ({
    videosPerDay, peakFactor: spec.peakFactor, headroom: spec.headroom, spare: spec.spare, perSecond: server.perSecond, bytesPerVideo, retentionDays,
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
    gpu:
      gpu === null || gpuAtEqualQuality === null || prices === null || prices.gpuPerHour === null
        ? null
        : { rows: volumeTable({ perSecond: server.perSecond, pricePerHour: prices.cpuPerHour }, { perSecond: gpu.perSecond * gpuAtEqualQuality, pricePerHour: prices.gpuPerHour }, spec, [...spec.videosPerDay]) },
  };
}

function volumeOf(label: string, assumed: Assumptions, assumption: string | null = null): PlannedVolume {
  const servers = serversFor(assumed);
  const { peak, mean } = utilisation(assumed, servers);
  const storage = assumed.bytesPerVideo === null ? null : storageOf(assumed.videosPerDay, assumed.bytesPerVideo, assumed.retentionDays);
  const cost = assumed.pricePerHour === null ? null : monthlyCost({ servers: servers + assumed.spare, pricePerHour: assumed.pricePerHour, storedBytes: storage?.keptBytes ?? 0, pricePerGbMonth: assumed.pricePerGbMonth, videosPerDay: assumed.videosPerDay });
  const together = servers > 1 ? `one server was measured, ${servers} together were not` : null;
  const extrapolated = [assumption, together].filter((each) => each !== null).join('; ');
  return { label, videosPerDay: assumed.videosPerDay, extrapolated: extrapolated === '' ? null : extrapolated, servers, peakBusy: peak, meanBusy: mean, perWeekBytes: storage?.perWeekBytes ?? null, keptBytes: storage?.keptBytes ?? null, perMonth: cost?.total ?? null, perVideo: cost?.perVideo ?? null };
}

function burstsOf(concurrent: DeploymentSpec['concurrent'], servers: number, { perSecond, processingMs, limitMs }: ServerFigure): PlannedDeployment['bursts'] {
  if (concurrent === undefined || processingMs === null) return [];
  return [...new Set(concurrent)].map((videos) => {
    const doneMs = burstMs(videos, servers, { perSecond, processingMs });
    return { videos, servers, doneMs, withinLimit: limitMs === null ? null : doneMs <= limitMs };
  });
}
