import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isTestDouble, notMeasured } from '../../host/ffmpeg-probe.ts';
import { wholeCores } from '../../host/hardware.ts';
import { sampleHost, type HostSampler } from '../../host/load-sampler.ts';
import { sampleGpu, type GpuSampler } from '../../host/nvidia-smi.ts';
import type { EncodeDetail, Finding, HostLoad } from '../../record/schema.ts';
import type { ConcurrencyLevel, Measurement, PreparedWorkload, WorkloadContext, WorkloadKind } from '../contract.ts';
import { analyse } from './analysis/analyse.ts';
import { copyable, encodeArguments } from './args.ts';
import { createAssessor } from './assess.ts';
import { casesOf, levels, subjectOf, type EncodeCase } from './cases.ts';
import { clipDetail } from './clips.ts';
import { measureCurve, type CurvePoint } from './curve.ts';
import { neededBytes, requireSpace } from './disk.ts';
import { ENCODER_DESCRIPTIONS, targetBitrate } from './encoders.ts';
import { estimateRoundMs } from './estimate.ts';
import { limits } from './limits.ts';
import { preflight, type Prepared } from './prepare.ts';
import { measureRound, warmUp, type EncodeSetup } from './rounds.ts';
import type { EncodeSpec, EncodeWorkload, Encoder } from './schema.ts';
import { findingsOf, metricsOf, seriesOf, type CaseResult } from './summary.ts';

/** Thread policies that a sweep of workers compares where the scenario names no list of its own. */
const SWEPT_THREADS = ['auto', 'split'] as const;

/** How long a clip takes on each encoder, alone and in batches, on this machine. */
export const encode: WorkloadKind<EncodeWorkload> = {
  kind: 'encode',
  needsTarget: () => false,
  // It leaves the target alone, but takes all of the machine it runs on: not for a smoke test.
  readOnly: () => false,
  estimateRoundMs: (spec) => estimateRoundMs(spec.encode, wholeCores()),
  limits,
  atConcurrency,
  prepare: (spec, context) => prepare(spec.encode, context),
};

/** Batches of as many encodes as keep all workers at it until the end; quality is no part of how fast they are. */
function atConcurrency(workload: EncodeWorkload, { concurrency, pieces }: ConcurrencyLevel): EncodeWorkload {
  const { curve: _, modes = ['cpu-decode'], threads, ...rest } = workload.encode;
  const encoding = modes.filter((mode) => mode !== 'decode-only');
  const encode = { ...rest, modes: encoding, concurrency, jobs: Math.max(2, concurrency * pieces), quality: [], threads: Array.isArray(threads) ? threads : [...SWEPT_THREADS] };
  return { ...workload, encode };
}

async function prepare(spec: EncodeSpec, context: WorkloadContext): Promise<PreparedWorkload> {
  const { signal, progress } = context;
  const cores = wholeCores();
  const prepared = await preflight(spec, context);
  await mkdir(context.workDir, { recursive: true });
  const highest = Math.max(targetBitrate(spec.output), ...(spec.curve?.bitrates ?? []));
  await requireSpace(context.workDir, neededBytes(highest, prepared.clip.durationMs, Math.max(...levels(spec, cores))));
  const folder = await mkdtemp(join(context.workDir, 'encode-'));
  const cases = casesOf(spec, prepared.available, { cores, sessionCaps: capsOf(prepared) }, prepared.gpuDecoding === null);
  const assessor = createAssessor(spec, prepared, signal);
  const setup: EncodeSetup = { spec, prepared, cases, folder, signal, progress, assessor };
  const results: CaseResult[] = [];
  const curve: CurvePoint[] = [];
  const load: HostLoad[] = [];
  let samplers: { host: HostSampler; gpu: GpuSampler | null } | undefined;
  let rounds = 0;

  return {
    async runRound(round) {
      if (rounds === 0) await warmUp(setup);
      rounds = Math.max(rounds, round + 1);
      const { host, gpu } = (samplers ??= { host: sampleHost(), gpu: usesNvenc(prepared) ? sampleGpu() : null });
      await measureRound(setup, round, (result) => {
        results.push(result);
        const { startedAt, endedAt } = result.span;
        load.push({ round, subject: subjectOf(result.case), concurrency: result.case.concurrency, ...host.between(startedAt, endedAt), gpu: gpu?.between(startedAt, endedAt) ?? null });
      });
      if (round === 0) await measureCurve(setup, cores, (point) => curve.push(point));
    },
    measurement: (): Measurement => ({
      validity: { status: 'valid', findings: [...findingsOf(results), ...otherFindings(assessor.missing())] },
      ...(prepared.probes.some(isTestDouble) ? { testDouble: true } : {}),
      metrics: metricsOf(cases, results, rounds, prepared.clip),
      histograms: [],
      series: seriesOf(results),
      detail: {
        ...detailOf(spec, prepared, cases),
        quality: assessor.seen(),
        load,
        analysis: analyse({ results, curve, clip: prepared.clip, targetBitrate: targetBitrate(spec.output), jobs: spec.jobs, encoders: prepared.available, prices: context.prices ?? null }),
      },
      notMeasured: [...prepared.probes.flatMap((probe) => notMeasured(probe) ?? []), ...(prepared.gpuDecoding === null ? [] : [prepared.gpuDecoding])],
    }),
    async close() {
      samplers?.host.stop();
      await samplers?.gpu?.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const usesNvenc = ({ available }: Prepared): boolean => available.some((encoder) => ENCODER_DESCRIPTIONS[encoder].runsOn === 'nvenc');

const capsOf = ({ sessionCaps, available }: Prepared): Map<Encoder, number> =>
  new Map(available.flatMap((encoder) => sessionCaps.filter((each) => each.encoder === encoder && each.cap !== null && each.cap > 0).map(({ cap }): [Encoder, number] => [encoder, cap ?? 1])));

function otherFindings(missing: readonly string[]): Finding[] {
  return missing.map((message) => ({ severity: 'warning', code: 'quality-not-measured', message, remedy: 'use an ffmpeg that has the filter (FFMPEG_PATH), or leave the measure out of encode.quality' }));
}

function detailOf(spec: EncodeSpec, { ffmpeg, clip, probes, available, sessionCaps }: Prepared, cases: readonly EncodeCase[]): EncodeDetail {
  const single = cases.filter((each) => each.work === 'encode' && each.concurrency === cases[0]?.concurrency);
  return {
    kind: 'encode',
    clip: clipDetail(clip),
    commands: single.flatMap((each) =>
      each.work === 'decode'
        ? []
        : [{ encoder: subjectOf(each), command: copyable(ffmpeg.path, encodeArguments({ encoder: each.encoder, output: spec.output, threads: each.threads, decoder: each.decoder, inputPath: clip.path, outputPath: join(tmpdir(), `${each.encoder}.mp4`) })) }],
    ),
    probes: probes.map((probe) => {
      const why = notMeasured(probe);
      return { encoder: probe.encoder, available: why === null, device: probe.status === 'available' ? probe.device : null, cause: why?.cause ?? null, reason: why?.reason ?? null, remedy: why?.remedy ?? null };
    }),
    parity: available.map((encoder) => {
      const { pairs, profile, unlike } = ENCODER_DESCRIPTIONS[encoder];
      return { encoder, preset: spec.output.presets?.[encoder] ?? pairs[spec.output.preset], profile, unlike: [...unlike] };
    }),
    sessionCaps,
  };
}
