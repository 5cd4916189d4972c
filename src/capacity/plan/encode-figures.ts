import { mean } from 'simple-statistics';
import { metricKey } from '../../record/metrics.ts';
import type { PlannedVideo, ServerFigure } from '../../record/plan.ts';
import type { Metric } from '../../record/schema.ts';
import { evidenceOf, openCautions, strictest, type Evidence } from './evidence.ts';
import type { StoredWorkload } from './sources.ts';
import { isOnGpu, subjectOf } from './subject.ts';

/** What a batch says of one kind of processor. */
export type BatchSide = { type: 'made'; figure: ServerFigure } | { type: 'broken'; sentence: string } | { type: 'not-measured' };

/** A batch of encodes on the CPU and on a GPU: the same clip, the same output. */
export interface BatchFigures {
  stored: StoredWorkload;
  video: PlannedVideo;
  cpu: BatchSide;
  gpu: BatchSide;
  bytesPerVideo: number | null;
}

/** True for encodes of which several were made: only they say what a server makes. */
export const isBatch = ({ workload }: StoredWorkload): boolean => workload.kind === 'encode' && workload.metrics.some(({ id }) => id === 'batch.videosPerHour');

/** The encoder and concurrency that make most within their limits, on each kind of processor. A stand-in for a device measures nothing. */
export function batchFigures(stored: StoredWorkload, video: PlannedVideo): BatchFigures {
  const cases = stored.workload.testDouble === true ? [] : stored.workload.metrics.filter(({ id, rounds }) => id === 'batch.videosPerHour' && rounds.some((value) => value !== null)).map((made) => ({ made, onGpu: isOnGpu(subjectOf(made.labels)), evidence: evidenceOf(stored, made.labels) })).sort((a, b) => b.made.value - a.made.value);
  const side = (gpu: boolean): BatchSide => {
    const own = cases.filter(({ onGpu }) => onGpu === gpu);
    const best = own.find(({ evidence }) => evidence.broken.length === 0);
    if (best !== undefined) return { type: 'made', figure: figureOf(best.made, best.evidence, gpu ? 'gpu' : 'cpu', stored, video) };
    const broken = own[0]?.evidence.broken[0];
    return broken === undefined ? { type: 'not-measured' } : { type: 'broken', sentence: broken.sentence };
  };
  const first = cases.find(({ onGpu }) => !onGpu) ?? cases[0];
  return { stored, video, cpu: side(false), gpu: side(true), bytesPerVideo: first === undefined ? null : (sameLabels(stored, 'output.bytes', first.made)?.value ?? null) };
}

function figureOf(made: Metric, evidence: Evidence, on: ServerFigure['on'], stored: StoredWorkload, video: PlannedVideo): ServerFigure {
  const { run, workload } = stored;
  const { concurrency } = made.labels;
  const subject = subjectOf(made.labels);
  const load = workload.detail.kind === 'encode' ? (workload.detail.load ?? []) : [];
  const busy = load.filter((each) => each.subject === subject && String(each.concurrency) === concurrency).flatMap(({ cpuMean }) => cpuMean ?? []);
  return {
    on, subject, workload: workload.name, video, basis: 'encodes', runId: run.run.id, machine: run.environment.hash,
    perSecond: Math.min(...made.rounds.filter((value) => value !== null)) / 3_600,
    measuredPerSecond: made.value / 3_600,
    concurrency: concurrency === undefined ? null : Number(concurrency),
    processingMs: sameLabels(stored, 'encode.wall', made)?.value ?? null,
    // A limit on one encode holds at any concurrency; the verdict on this very case is not needed.
    limit: strictest(evidenceOf(stored, { encoder: made.labels['encoder'] ?? '' }).limits, 'encode.wall'),
    cpuBusy: busy.length === 0 ? null : mean(busy),
    cautions: openCautions(evidence, stored),
  };
}

function sameLabels({ workload }: StoredWorkload, id: string, like: Metric): Metric | null {
  return workload.metrics.find((each) => each.id === id && metricKey({ id, labels: like.labels }) === metricKey(each)) ?? null;
}
