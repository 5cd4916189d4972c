import { BenchError, EXIT } from '../../errors.ts';
import type { GpuComparison, ServerFigure } from '../../record/plan.ts';
import type { RunRecord, WorkloadRecord } from '../../record/schema.ts';
import { batchFigures, type BatchFigures } from './encode-figures.ts';
import { brokenError } from './evidence.ts';

/** The comparison, or what is missing for it. */
export type GpuResult = { type: 'compared'; comparison: GpuComparison } | { type: 'missing'; why: 'cpu' | 'gpu' | 'gpu-broken' | 'quality'; detail: string | null };

/**
 * The same encodes on the CPU and on a GPU: one batch, one clip, at one quality. What the service makes end to end is other work and is
 * never divided by this.
 */
export function compareWithGpu(batches: readonly BatchFigures[]): GpuResult {
  const [batch] = batches.filter(({ cpu, gpu }) => cpu.type === 'made' && gpu.type === 'made');
  const either = batch ?? batches[0];
  if (either === undefined) return { type: 'missing', why: 'gpu', detail: null };
  const { cpu, gpu, stored } = either;
  if (gpu.type === 'broken') return { type: 'missing', why: 'gpu-broken', detail: gpu.sentence };
  if (gpu.type !== 'made') return { type: 'missing', why: 'gpu', detail: unavailable(stored.workload) };
  if (cpu.type !== 'made') return { type: 'missing', why: 'cpu', detail: cpu.type === 'broken' ? cpu.sentence : null };
  return compared(cpu.figure, gpu.figure, stored.scenario.workloads, stored.workload);
}

/** The batch of this machine against the same batch of a run with a GPU. Throws a BenchError (2) where they are not the same, or the GPU's broke its SLA. */
export function compareWithRun(batches: readonly BatchFigures[], run: RunRecord, { scenario, sha256 }: { scenario: string; sha256: string }): GpuResult {
  const there = run.scenarios.find(({ name }) => name === scenario);
  if (there === undefined || there.sha256 !== sha256) {
    throw new BenchError(EXIT.usage, there === undefined ? `run ${run.run.id} did not measure ${scenario}` : `run ${run.run.id} measured other content of ${scenario} than what is planned with: another profile, or the scenario has changed between them`, { hint: 'Run the same scenario in the same profile on the machine with the GPU.' });
  }
  const batch = batches.find(({ cpu }) => cpu.type === 'made');
  const workload = there.workloads.find(({ name, kind, metrics }) => kind === 'encode' && metrics.some(({ id }) => id === 'batch.videosPerHour') && (batch === undefined || name === batch.stored.workload.name));
  const stored = workload === undefined ? null : { run, scenario: there, workload };
  const { gpu } = stored === null ? { gpu: { type: 'not-measured' as const } } : batchFigures(stored, batch?.cpu.type === 'made' ? batch.cpu.figure.video : { durationMs: null, height: null });
  if (stored === null || gpu.type === 'not-measured') throw new BenchError(EXIT.usage, `run ${run.run.id} measured no batch on a GPU`, { hint: 'Run the scenario where h264_nvenc (or another GPU encoder) works; bench doctor says whether it does.' });
  if (gpu.type === 'broken') throw brokenError(stored, gpu.sentence);
  if (batch?.cpu.type !== 'made') return { type: 'missing', why: 'cpu', detail: null };
  if (clipOf(batch.stored.workload) !== clipOf(stored.workload)) throw new BenchError(EXIT.usage, `run ${run.run.id} encoded another clip than ${batch.stored.run.run.id}`, { hint: 'Use the same clip on both machines.' });
  return compared(batch.cpu.figure, gpu.figure, there.workloads, stored.workload);
}

function compared(cpu: ServerFigure, gpu: ServerFigure, workloads: readonly WorkloadRecord[], batch: WorkloadRecord): GpuResult {
  const like = workloads.filter((each) => clipOf(each) === clipOf(batch) && samePresets(each, batch));
  const atEqualQuality = like.map((each) => leadAtEqualQuality(each, encoderOf(cpu), encoderOf(gpu))).find((lead) => lead !== null) ?? null;
  if (atEqualQuality === null) return { type: 'missing', why: 'quality', detail: null };
  return { type: 'compared', comparison: { cpu, gpu, atEqualQuality, speedup: (gpu.perSecond * atEqualQuality) / cpu.perSecond } };
}

/** The GPU encoder's speed at the quality of the reference by its speed at the same bit rate, by the same of the CPU encoder; null where no curve says. */
function leadAtEqualQuality({ detail }: WorkloadRecord, cpu: string, gpu: string): number | null {
  if (detail.kind !== 'encode' || detail.analysis === undefined) return null;
  const { reference, equalQuality, equalRate } = detail.analysis;
  const change = (encoder: string): number | null => {
    if (encoder === reference) return 1;
    const there = equalQuality?.encoders.find((each) => each.encoder === encoder)?.framesPerSecond ?? null;
    const same = (equalRate.find(({ subject }) => subject === encoder) ?? equalRate.find(({ subject }) => subject.split(',')[0] === encoder))?.framesPerSecond ?? null;
    return there === null || same === null || same <= 0 ? null : there / same;
  };
  const [ofCpu, ofGpu] = [change(cpu), change(gpu)];
  return equalQuality === null || ofCpu === null || ofGpu === null ? null : ofGpu / ofCpu;
}

const encoderOf = ({ subject }: ServerFigure): string => subject.split(',')[0] ?? subject;

const clipOf = ({ detail }: WorkloadRecord): string | null => (detail.kind === 'encode' ? detail.clip.sha256 : null);

/** What equal quality costs depends on the effort of the encoders; records that do not say are taken as alike. */
function samePresets(one: WorkloadRecord, other: WorkloadRecord): boolean {
  const [a, b] = [one, other].map(({ detail }) => (detail.kind === 'encode' ? (detail.parity ?? []) : []));
  return (a ?? []).every(({ encoder, preset }) => (b ?? []).every((each) => each.encoder !== encoder || each.preset === preset));
}

/** Why its encoders of GPUs were not measured. */
function unavailable({ notMeasured }: WorkloadRecord): string | null {
  const missing = notMeasured.find(({ what }) => /nvenc|vaapi|qsv/.test(what));
  return missing === undefined ? null : `${missing.what}: ${missing.reason}`;
}
