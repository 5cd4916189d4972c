import type { EncodeJob, EncodeSeries } from '../../record/schema.ts';
import type { Budget } from './budget.ts';
import type { Chart } from './chart.ts';
import { short } from './thin.ts';

const GRID = 200;

/** Frames a second while encoding: the median of the rounds on a common grid, with the range between them as a band. */
export function fpsChart(series: EncodeSeries, id: string, budget: Budget): Chart {
  const encoders = [...new Set(series.progress.map(({ encoder }) => encoder))];
  const usable = series.progress.filter(({ points }) => points.length > 0);
  const endMs = Math.max(0, ...usable.map(({ points }) => points.at(-1)?.[0] ?? 0));
  const longest = Math.max(0, ...usable.map(({ points }) => points.length));
  const steps = Math.min(GRID, longest, Math.max(1, budget.points));
  const gridMs = Array.from({ length: steps }, (_, step) => ((step + 1) * endMs) / steps);
  return {
    id: `${id}-fps`, axis: 'seconds', group: `${id}-fps`, unit: 'fps', height: 220, log: false, limits: [], points: [], bands: [],
    x: gridMs.map((ms) => short(ms / 1_000) ?? 0),
    series: encoders.map((encoder, index) => {
      const rounds = usable.filter((each) => each.encoder === encoder).map(({ points }) => gridMs.map((ms) => valueAt(points, ms, endMs / Math.max(1, steps))));
      const at = (pick: (values: number[]) => number): (number | null)[] => gridMs.map((_, step) => {
        const values = rounds.map((round) => round[step] ?? null).filter((value) => value !== null);
        return values.length === 0 ? null : short(pick(values));
      });
      return {
        label: encoder,
        color: `c${(index % 5) + 1}` as const,
        values: at(median),
        ...(rounds.length > 1 ? { band: { low: at((values) => Math.min(...values)), high: at((values) => Math.max(...values)) } } : {}),
      };
    }),
  };
}

/** The value of the interval that `ms` lies in; null after the end. */
function valueAt(points: readonly (readonly [number, number])[], ms: number, stepMs: number): number | null {
  const lastMs = points.at(-1)?.[0] ?? 0;
  if (ms > lastMs + stepMs) return null;
  return (points.find(([at]) => at >= ms) ?? points.at(-1))?.[1] ?? null;
}

/** The jobs of one encoder at one concurrency in the round whose makespan is the median. */
export interface BatchView {
  encoder: string;
  concurrency: number;
  round: number;
  rounds: number;
  makespanMs: number;
  jobs: EncodeJob[];
  /** Of all rounds. */
  all: EncodeJob[];
}

export function batches(series: EncodeSeries): BatchView[] {
  const groups = new Map<string, EncodeJob[]>();
  for (const job of series.jobs) {
    const key = JSON.stringify([job.encoder, job.concurrency]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [job]);
    else group.push(job);
  }
  return [...groups.values()].map((all) => {
    const rounds = [...new Set(all.map(({ round }) => round))].map((round) => {
      const jobs = all.filter((job) => job.round === round);
      return { round, jobs, makespanMs: Math.max(...jobs.map(({ endMs }) => endMs)) };
    });
    const middle = [...rounds].sort((a, b) => a.makespanMs - b.makespanMs)[Math.floor((rounds.length - 1) / 2)];
    const [first] = all;
    return { encoder: first?.encoder ?? '', concurrency: first?.concurrency ?? 1, round: middle?.round ?? 0, rounds: rounds.length, makespanMs: middle?.makespanMs ?? 0, jobs: middle?.jobs ?? [], all };
  });
}

/** Quantile of a few values: the nearest rank, always one of them. */
export function nearestRank(values: readonly number[], quantile: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(quantile * sorted.length) - 1)] ?? null;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[half - 1] ?? upper)) / 2;
}
