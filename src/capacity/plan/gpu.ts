import { BenchError, EXIT } from '../../errors.ts';
import type { GpuComparison, ServerFigure } from '../../record/plan.ts';
import type { RunRecord, WorkloadRecord } from '../../record/schema.ts';
import { batchFigures, isBatch, type BatchFigures } from './encode-figures.ts';
import { brokenError, requireMade } from './evidence.ts';
import { encoderOf } from './subject.ts';
import { NOT_KNOWN } from './video.ts';

/** The comparison, or what is missing for it. */
export type GpuResult = { type: 'compared'; comparison: GpuComparison } | { type: 'missing'; why: 'cpu' | 'gpu' | 'gpu-broken' | 'quality'; detail: string | null };

/**
 * The same encodes on the CPU and on a GPU: one batch, one clip, at one quality; the batch that servers are planned with where it says
 * anything of a GPU, else another. What the service makes end to end is other work and is never divided by this.
 */
export function compareWithGpu(batches: readonly BatchFigures[], planned: string): GpuResult {
  const results = plannedFirst(batches, planned).map((batch) => ({ batch, result: compareBatch(batch) }));
  const ofGpu = results.filter(({ result }) => result.type === 'compared' || result.why !== 'gpu');
  const best = ofGpu.find(({ batch }) => isOf(batch, planned)) ?? ofGpu.find(({ result }) => result.type === 'compared') ?? ofGpu[0] ?? results[0];
  return best?.result ?? { type: 'missing', why: 'gpu', detail: null };
}

function compareBatch({ cpu, gpu, stored }: BatchFigures): GpuResult {
  if (gpu.type === 'broken') return { type: 'missing', why: 'gpu-broken', detail: gpu.sentence };
  if (gpu.type !== 'made') return { type: 'missing', why: 'gpu', detail: unavailable(stored.workload) };
  if (cpu.type !== 'made') return { type: 'missing', why: 'cpu', detail: cpu.type === 'broken' ? cpu.sentence : null };
  return compared(cpu.figure, gpu.figure, stored.scenario.workloads, stored.workload);
}

/** A batch of this machine against the same batch of a run with a GPU. Throws a BenchError (2) where they are not the same, or the GPU's broke its SLA. */
export function compareWithRun(batches: readonly BatchFigures[], planned: string, run: RunRecord, { scenario, sha256 }: { scenario: string; sha256: string }): GpuResult {
  const there = run.scenarios.find(({ name }) => name === scenario);
  if (there === undefined || there.sha256 !== sha256) {
    throw new BenchError(EXIT.usage, there === undefined ? `run ${run.run.id} did not measure ${scenario}` : `run ${run.run.id} measured other content of ${scenario} than what is planned with: another profile, or the scenario has changed between them`, { hint: 'Run the same scenario in the same profile on the machine with the GPU.' });
  }
  const measured = there.workloads.map((workload) => ({ run, scenario: there, workload })).filter(isBatch);
  const onGpu = measured.map((stored) => batchFigures(stored, NOT_KNOWN)).flatMap(({ stored, gpu }) => (gpu.type === 'not-measured' ? [] : [{ stored, gpu }]));
  if (onGpu.length === 0) throw new BenchError(EXIT.usage, `run ${run.run.id} measured no batch on a GPU`, { hint: 'Run the scenario where h264_nvenc (or another GPU encoder) works; bench doctor says whether it does.' });
  const onCpu = plannedFirst(batches, planned).flatMap(({ stored, cpu }) => (cpu.type === 'made' ? [{ stored, figure: cpu.figure }] : []));
  const [pair] = onCpu.flatMap((cpu) => onGpu.filter((other) => isOf(other, cpu.stored.workload.name)).map((gpu) => ({ cpu, gpu })));
  if (pair === undefined) return { type: 'missing', why: 'cpu', detail: null };
  const { cpu, gpu: { stored, gpu } } = pair;
  if (gpu.type === 'broken') throw brokenError(stored, gpu.sentence);
  if (clipOf(cpu.stored.workload) !== clipOf(stored.workload)) throw new BenchError(EXIT.usage, `run ${run.run.id} encoded another clip than ${cpu.stored.run.run.id}`, { hint: 'Use the same clip on both machines.' });
  return compared(cpu.figure, { ...gpu.figure, video: cpu.figure.video }, there.workloads, stored.workload);
}

const isOf = ({ stored }: Pick<BatchFigures, 'stored'>, workload: string): boolean => stored.workload.name === workload;

/** Else as they were: the nearest to the deployment's videos first. */
const plannedFirst = (batches: readonly BatchFigures[], planned: string): BatchFigures[] => [...batches.filter((each) => isOf(each, planned)), ...batches.filter((each) => !isOf(each, planned))];

function compared(cpu: ServerFigure, gpu: ServerFigure, workloads: readonly WorkloadRecord[], batch: WorkloadRecord): GpuResult {
  const like = workloads.filter((each) => clipOf(each) === clipOf(batch) && samePresets(each, batch));
  const atEqualQuality = like.map((each) => leadAtEqualQuality(each, encoderOf(cpu.subject), encoderOf(gpu.subject))).find((lead) => lead !== null) ?? null;
  if (atEqualQuality === null) return { type: 'missing', why: 'quality', detail: null };
  return { type: 'compared', comparison: { cpu, gpu, atEqualQuality, speedup: (requireMade(gpu).perSecond * atEqualQuality) / requireMade(cpu).perSecond } };
}

/** The GPU encoder's speed at the quality of the reference by its speed at the same bit rate, by the same of the CPU encoder; null where no curve says. */
function leadAtEqualQuality({ detail }: WorkloadRecord, cpu: string, gpu: string): number | null {
  if (detail.kind !== 'encode' || detail.analysis === undefined) return null;
  const { reference, equalQuality, equalRate } = detail.analysis;
  const change = (encoder: string): number | null => {
    if (encoder === reference) return 1;
    const there = equalQuality?.encoders.find((each) => each.encoder === encoder)?.framesPerSecond ?? null;
    const same = (equalRate.find(({ subject }) => subject === encoder) ?? equalRate.find(({ subject }) => encoderOf(subject) === encoder))?.framesPerSecond ?? null;
    return there === null || same === null || same <= 0 ? null : there / same;
  };
  const [ofCpu, ofGpu] = [change(cpu), change(gpu)];
  return equalQuality === null || ofCpu === null || ofGpu === null ? null : ofGpu / ofCpu;
}

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
