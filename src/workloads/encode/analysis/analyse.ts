import type { EncodeAnalysis } from '../../../record/schema.ts';
import type { Prices } from '../../contract.ts';
import { subjectOf } from '../cases.ts';
import type { CurvePoint } from '../curve.ts';
import { ENCODER_DESCRIPTIONS } from '../encoders.ts';
import type { Encoder } from '../schema.ts';
import { median, type CaseResult } from '../summary.ts';
import { boundOf } from './bound.ts';
import { breakEven, costPerVideo } from './cost.ts';
import { atQuality, bdRate, type RatePoint } from './equal-quality.ts';
import { paretoFront } from './pareto.ts';
import { sweepOf, type Sweep } from './sweep.ts';
import { ratios, scores } from './vbench.ts';

export interface AnalysisInput {
  results: readonly CaseResult[];
  curve: readonly CurvePoint[];
  clip: { durationMs: number; framesPerSecond: number };
  targetBitrate: number;
  jobs: number;
  /** In the order of the scenario. */
  encoders: readonly Encoder[];
  prices: Prices | null;
}

/** Ratios need something to be against: x264, which every team knows, or the first encoder. */
export const referenceOf = (encoders: readonly Encoder[]): Encoder | null => encoders.find((encoder) => encoder === 'libx264') ?? encoders[0] ?? null;

/** What the measured jobs come to. Pure; the same input gives the same analysis. */
export function analyse(input: AnalysisInput): EncodeAnalysis {
  const reference = referenceOf(input.encoders);
  const sweeps = sweepsOf(input);
  return {
    reference,
    targetBitrate: input.targetBitrate,
    equalRate: equalRate(input, reference),
    curve: [...input.curve],
    equalQuality: equalQuality(input, reference),
    bounds: boundsOf(input),
    sweeps: sweeps.map(({ subject, levels, knee, best }) => ({ subject, levels, knee, best })),
    costs: input.prices === null ? null : costsOf(input.prices, sweeps),
  };
}

interface Subject {
  subject: string;
  encoder: Encoder | null;
  decoder: 'cpu' | 'gpu';
  framesPerSecond: number;
  bitsPerSecond: number;
  psnr: number | null;
  ssim: number | null;
  vmaf: number | null;
}

function bySubject(results: readonly CaseResult[]): Map<string, CaseResult[]> {
  const groups = new Map<string, CaseResult[]>();
  for (const result of results) {
    const subject = subjectOf(result.case);
    groups.set(subject, [...(groups.get(subject) ?? []), result]);
  }
  return groups;
}

/** Each case that encodes one clip at a time, by its medians. Batches are about throughput and are compared as sweeps. */
function singles({ results, clip }: AnalysisInput): Subject[] {
  const groups = bySubject(results.filter(({ case: each }) => each.jobs === 1));
  return [...groups].flatMap(([subject, group]): Subject[] => {
    const done = group.flatMap(({ jobs }) => jobs.filter(({ failure }) => failure === null));
    const framesPerSecond = median(done.map((job) => ((job.frames ?? 0) / job.wallMs) * 1_000));
    const bitsPerSecond = median(done.map((job) => ((job.outputBytes ?? 0) * 8_000) / clip.durationMs));
    const each = group[0]?.case;
    if (framesPerSecond === null || bitsPerSecond === null || each === undefined) return [];
    const figure = (of: 'psnr' | 'ssim' | 'vmaf'): number | null => median(group.flatMap(({ quality }) => quality?.[of] ?? []));
    return [{ subject, encoder: each.work === 'encode' ? each.encoder : null, decoder: each.decoder, framesPerSecond, bitsPerSecond, psnr: figure('psnr'), ssim: figure('ssim'), vmaf: figure('vmaf') }];
  });
}

function equalRate(input: AnalysisInput, reference: Encoder | null): EncodeAnalysis['equalRate'] {
  const all = singles(input).filter(({ encoder }) => encoder !== null);
  const base = all.find(({ encoder, decoder }) => encoder === reference && decoder === 'cpu');
  const judged = all.filter((each): each is Subject & { psnr: number } => each.psnr !== null);
  const front = new Set(paretoFront(judged, ({ framesPerSecond }) => framesPerSecond, ({ psnr }) => psnr).map(({ subject }) => subject));
  return all.map(({ subject, framesPerSecond, bitsPerSecond, psnr, ssim, vmaf }) => {
    const of = { speed: framesPerSecond, bitsPerSecond, quality: psnr ?? Number.NaN };
    const against = base === undefined || base.psnr === null || psnr === null ? null : { speed: base.framesPerSecond, bitsPerSecond: base.bitsPerSecond, quality: base.psnr };
    return {
      subject, framesPerSecond, bitsPerSecond, psnr, ssim, vmaf,
      deviation: bitsPerSecond / input.targetBitrate - 1,
      ratios: against === null ? null : ratios(of, against),
      scores: against === null ? null : scores(of, against, input.clip.framesPerSecond),
      pareto: front.has(subject),
    };
  });
}

function equalQuality({ curve, encoders, targetBitrate }: AnalysisInput, reference: Encoder | null): EncodeAnalysis['equalQuality'] {
  const pointsOf = (encoder: Encoder): RatePoint[] =>
    curve.flatMap((point) => (point.encoder === encoder && point.psnr !== null ? [{ bitsPerSecond: point.bitsPerSecond, quality: point.psnr, framesPerSecond: point.framesPerSecond }] : []));
  if (reference === null || curve.length === 0) return null;
  const base = pointsOf(reference);
  // The reference's own quality at the target; where the curve does not reach that, in the middle of it.
  const nearest = [...base].sort((a, b) => Math.abs(Math.log(a.bitsPerSecond / targetBitrate)) - Math.abs(Math.log(b.bitsPerSecond / targetBitrate)))[0];
  if (nearest === undefined) return null;
  return {
    psnr: nearest.quality,
    encoders: encoders.filter((encoder) => curve.some((point) => point.encoder === encoder)).map((encoder) => {
      const own = pointsOf(encoder);
      const here = atQuality(own, nearest.quality);
      const saved = encoder === reference ? null : bdRate(base, own);
      return {
        encoder,
        bitsPerSecond: here.status === 'known' ? here.bitsPerSecond : null,
        framesPerSecond: here.status === 'known' ? here.framesPerSecond : null,
        bdRate: saved?.status === 'known' ? saved.share : null,
        why: here.status === 'unknown' ? here.why : saved?.status === 'unknown' ? saved.why : null,
      };
    }),
  };
}

/** Of GPU encoders: on a CPU, decoding and encoding share the same cores, and neither bounds the other. */
function boundsOf(input: AnalysisInput): EncodeAnalysis['bounds'] {
  const all = singles(input);
  return all.flatMap(({ subject, encoder, decoder, framesPerSecond }) => {
    const alone = all.find((other) => other.encoder === null && other.decoder === decoder);
    if (encoder === null || alone === undefined || ENCODER_DESCRIPTIONS[encoder].runsOn === 'cpu') return [];
    return [{ subject, framesPerSecond, decodeFramesPerSecond: alone.framesPerSecond, bound: boundOf(framesPerSecond, alone.framesPerSecond) }];
  });
}

type NamedSweep = Sweep & { subject: string; runsOn: 'cpu' | 'gpu' };

function sweepsOf({ results, jobs }: AnalysisInput): NamedSweep[] {
  const groups = bySubject(results.filter(({ case: each }) => each.jobs > 1));
  return [...groups].map(([subject, group]) => {
    const each = group[0]?.case;
    const batches = group.map((result) => ({ concurrency: result.case.concurrency, jobs: result.jobs.map((job) => ({ ...job, failure: job.failure?.cause ?? null })) }));
    return { subject, runsOn: each?.work === 'encode' && ENCODER_DESCRIPTIONS[each.encoder].runsOn !== 'cpu' ? 'gpu' : 'cpu', ...sweepOf(batches, jobs) };
  });
}

/** At the throughput of the best level of a batch: what a machine costs that is kept at work. */
function costsOf(prices: Prices, sweeps: readonly NamedSweep[]): NonNullable<EncodeAnalysis['costs']> {
  const missing = sweeps.length === 0 ? ['cost per video needs a batch: set encode.jobs above 1'] : [];
  const priced = sweeps.flatMap(({ subject, runsOn, levels, best }) => {
    const price = runsOn === 'gpu' ? prices.gpuPerHour : prices.cpuPerHour;
    const videosPerHour = levels.find(({ concurrency }) => concurrency === best)?.videosPerHour ?? null;
    if (price === null) missing.push(`${subject}: no price for a ${runsOn === 'gpu' ? 'GPU' : 'CPU'} machine in bench.config.yaml`);
    if (price === null || videosPerHour === null || videosPerHour === 0) return [];
    return [{ subject, runsOn, pricePerHour: price, videosPerHour, cost: costPerVideo(price, videosPerHour) }];
  });
  const cheapest = (on: 'cpu' | 'gpu') => priced.filter(({ runsOn }) => runsOn === on).sort((a, b) => a.cost - b.cost)[0];
  const [cpu, gpu] = [cheapest('cpu'), cheapest('gpu')];
  if (gpu === undefined && sweeps.length > 0) missing.push('break-even was not computed: no batch was measured on a GPU');
  return {
    currency: prices.currency,
    perVideo: priced.map(({ subject, pricePerHour, videosPerHour, cost }) => ({ subject, pricePerHour, videosPerHour, cost })),
    breakEven:
      cpu === undefined || gpu === undefined
        ? null
        : { cpu: cpu.subject, gpu: gpu.subject, ...breakEven({ cpuPerHour: cpu.pricePerHour, gpuPerHour: gpu.pricePerHour }, cpu.videosPerHour, gpu.videosPerHour) },
    missing,
  };
}
