import type { Labels, WorkloadRecord } from '../record/schema.ts';
import { formatMaybe } from './values.ts';

/** One line of the encode comparison: an encoder at a concurrency. Times in ms, sizes in bytes; null where not measured. */
export interface EncodeRow {
  encoder: string;
  concurrency: string;
  figures: Record<EncodeFigure, number | null>;
}

const FIGURES = {
  wall: { id: 'encode.wall', title: 'wall', unit: 'ms' },
  cpu: { id: 'encode.cpu', title: 'CPU', unit: 'ms' },
  fps: { id: 'encode.fps', title: 'fps', unit: 'count' },
  speed: { id: 'encode.speed', title: 'speed', unit: 'x' },
  makespan: { id: 'batch.makespan', title: 'batch', unit: 'ms' },
  batchCpu: { id: 'batch.cpu', title: 'batch CPU', unit: 'ms' },
  perHour: { id: 'batch.videosPerHour', title: 'videos/h', unit: 'count' },
  size: { id: 'output.bytes', title: 'size', unit: 'bytes' },
  memory: { id: 'encode.memory', title: 'memory', unit: 'bytes' },
  firstOutput: { id: 'encode.firstOutput', title: 'first output', unit: 'ms' },
  psnr: { id: 'quality.psnr', title: 'PSNR', unit: 'dB' },
} as const;

export type EncodeFigure = keyof typeof FIGURES;

/** The encoders of a workload side by side, in the order of the record. */
export function encodeRows(workload: WorkloadRecord): EncodeRow[] {
  const rows = new Map<string, EncodeRow>();
  for (const metric of workload.metrics) {
    const figure = figureOf(metric.id);
    const encoder = metric.labels['encoder'];
    if (figure === undefined || encoder === undefined) continue;
    const { decoder, threads } = metric.labels as Partial<Record<string, string>>;
    const variant = [encoder, ...(decoder === undefined ? [] : [`decoded by ${decoder}`]), ...(threads === undefined ? [] : [`threads ${threads}`])].join(', ');
    const row = rowOf(rows, variant, metric.labels);
    row.figures[figure] = metric.value;
  }
  return [...rows.values()];
}

/** The figures that at least one row has, with their headings. */
export function encodeColumns(rows: readonly EncodeRow[]): { figure: EncodeFigure; title: string }[] {
  return (Object.keys(FIGURES) as EncodeFigure[])
    .filter((figure) => rows.some((row) => row.figures[figure] !== null))
    .map((figure) => ({ figure, title: FIGURES[figure].title }));
}

export function formatFigure(row: EncodeRow, figure: EncodeFigure): string {
  return formatMaybe(row.figures[figure], FIGURES[figure].unit);
}

function figureOf(id: string): EncodeFigure | undefined {
  return (Object.keys(FIGURES) as EncodeFigure[]).find((figure) => FIGURES[figure].id === id);
}

function rowOf(rows: Map<string, EncodeRow>, encoder: string, labels: Labels): EncodeRow {
  const concurrency = labels['concurrency'] ?? '1';
  const key = JSON.stringify([encoder, concurrency]);
  const known = rows.get(key);
  if (known !== undefined) return known;
  const figures: EncodeRow['figures'] = { wall: null, cpu: null, fps: null, speed: null, makespan: null, batchCpu: null, perHour: null, size: null, memory: null, firstOutput: null, psnr: null };
  const row: EncodeRow = { encoder, concurrency, figures };
  rows.set(key, row);
  return row;
}
