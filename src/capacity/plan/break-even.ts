import { HOURS_A_MONTH } from './cost.ts';
import { serversFor, type Sizing } from './servers.ts';

/** One kind of server: what it makes, and what it costs. */
export interface PricedServer {
  perSecond: number;
  pricePerHour: number;
}

export interface VolumeRow {
  videosPerDay: number;
  cpu: { servers: number; perMonth: number };
  gpu: { servers: number; perMonth: number };
  cheaper: 'cpu' | 'gpu' | 'equal';
}

/** Videos a day that a table of volumes shows, beside the ones that are asked for. */
const VOLUMES = [10, 50, 100, 500, 1_000, 5_000, 10_000, 50_000];

/** CPU against GPU servers over the volume, spare ones included: servers come whole, so the cheaper one changes with it. */
export function volumeTable(cpu: PricedServer, gpu: PricedServer, demand: Omit<Sizing, 'perSecond' | 'videosPerDay'> & { spare: number }, asked: readonly number[]): VolumeRow[] {
  const side = ({ perSecond, pricePerHour }: PricedServer, videosPerDay: number): VolumeRow['cpu'] => {
    const servers = serversFor({ ...demand, videosPerDay, perSecond }) + demand.spare;
    return { servers, perMonth: servers * pricePerHour * HOURS_A_MONTH };
  };
  return [...new Set([...VOLUMES, ...asked])]
    .sort((a, b) => a - b)
    .map((videosPerDay) => {
      const [one, two] = [side(cpu, videosPerDay), side(gpu, videosPerDay)];
      return { videosPerDay, cpu: one, gpu: two, cheaper: one.perMonth < two.perMonth ? 'cpu' : one.perMonth > two.perMonth ? 'gpu' : 'equal' };
    });
}

/** Fully at work, a GPU pays where it is faster by more than it is dearer. */
export function paysFrom(cpu: PricedServer, gpu: PricedServer): { speedup: number; needed: number } {
  return { speedup: gpu.perSecond / cpu.perSecond, needed: gpu.pricePerHour / cpu.pricePerHour };
}
