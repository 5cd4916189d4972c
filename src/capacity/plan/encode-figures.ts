import { mean } from 'simple-statistics';
import { metricKey } from '../../record/metrics.ts';
import type { ServerFigure } from '../../record/plan.ts';
import type { Metric } from '../../record/schema.ts';
import type { Figures, StoredWorkload } from './sources.ts';

/** Encoders of GPUs say so in their name. */
const onGpu = (encoder: string): boolean => /_(nvenc|vaapi|qsv)$/.test(encoder);

/** The encoder and concurrency that make most, on the CPU and on a GPU. A stand-in for a device measures nothing. */
export function encodeFigures(stored: StoredWorkload): Omit<Figures, 'workload'> {
  if (stored.workload.testDouble === true) return { cpu: null, gpu: null, bytesPerVideo: null };
  const batches = stored.workload.metrics.filter(({ id, rounds }) => id === 'batch.videosPerHour' && rounds.some((value) => value !== null));
  const best = (gpu: boolean): Metric | null => batches.filter(({ labels }) => onGpu(labels['encoder'] ?? '') === gpu).reduce<Metric | null>((most, each) => (most === null || each.value > most.value ? each : most), null);
  const [cpu, gpu] = [best(false), best(true)];
  return {
    cpu: cpu === null ? null : figureOf(cpu, 'cpu', stored),
    gpu: gpu === null ? null : figureOf(gpu, 'gpu', stored),
    bytesPerVideo: sameLabels(stored, 'output.bytes', cpu ?? gpu)?.value ?? null,
  };
}

function figureOf(batch: Metric, on: ServerFigure['on'], stored: StoredWorkload): ServerFigure {
  const { run, workload } = stored;
  const { encoder = '', concurrency, threads, decoder } = batch.labels as Partial<Record<string, string>>;
  const subject = [encoder, ...(decoder === undefined ? [] : [`decoded by ${decoder}`]), ...(threads === undefined ? [] : [`threads ${threads}`])].join(', ');
  const wall = sameLabels(stored, 'encode.wall', batch);
  // A limit on one encode holds at any concurrency; the result of this very case is not needed.
  const limits = workload.sla.filter(({ metric }) => metric.startsWith('encode.wall') && (!metric.includes('encoder=') || metric.includes(`encoder=${encoder}`))).map(({ limit }) => limit);
  const load = workload.detail.kind === 'encode' ? (workload.detail.load ?? []) : [];
  const busy = load.filter((each) => each.subject === subject && String(each.concurrency) === concurrency).flatMap(({ cpuMean }) => cpuMean ?? []);
  return {
    on, subject, basis: 'encodes', runId: run.run.id, machine: run.environment.hash,
    perSecond: Math.min(...batch.rounds.filter((value) => value !== null)) / 3_600,
    measuredPerSecond: batch.value / 3_600,
    concurrency: concurrency === undefined ? null : Number(concurrency),
    processingMs: wall?.value ?? null,
    limitMs: limits.length === 0 ? null : Math.min(...limits),
    cpuBusy: busy.length === 0 ? null : mean(busy),
  };
}

function sameLabels({ workload }: StoredWorkload, id: string, like: Metric | null): Metric | null {
  return like === null ? null : (workload.metrics.find((each) => each.id === id && metricKey({ id, labels: like.labels }) === metricKey(each)) ?? null);
}

/** Speed of a GPU encoder at the reference's quality by its speed at the same bit rate; null where no curve says. */
export function equalQualityFactor({ workloads }: { workloads: readonly StoredWorkload['workload'][] }, subject: string): number | null {
  const encoder = subject.split(',')[0] ?? subject;
  for (const { detail } of workloads) {
    if (detail.kind !== 'encode' || detail.analysis === undefined) continue;
    const there = detail.analysis.equalQuality?.encoders.find((each) => each.encoder === encoder)?.framesPerSecond ?? null;
    const same = detail.analysis.equalRate.find((each) => each.subject === subject || each.subject === encoder)?.framesPerSecond ?? null;
    if (there !== null && same !== null && same > 0) return there / same;
  }
  return null;
}
