import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { notMeasured } from '../../host/ffmpeg-probe.ts';
import type { EncodeDetail } from '../../record/schema.ts';
import type { Measurement, PreparedWorkload, WorkloadContext, WorkloadKind } from '../contract.ts';
import { copyable, encodeArguments } from './args.ts';
import { casesOf, levels } from './cases.ts';
import { clipDetail } from './clips.ts';
import { neededBytes, requireSpace } from './disk.ts';
import { estimateRoundMs } from './estimate.ts';
import { limits } from './limits.ts';
import { preflight, type Prepared } from './prepare.ts';
import { measureRound, warmUp, type EncodeSetup } from './rounds.ts';
import type { EncodeSpec, EncodeWorkload } from './schema.ts';
import { findingsOf, metricsOf, seriesOf, type CaseResult } from './summary.ts';

/** How long a clip takes on each encoder, alone and in batches, on this machine. */
export const encode: WorkloadKind<EncodeWorkload> = {
  kind: 'encode',
  needsTarget: () => false,
  // It leaves the target alone, but takes all of the machine it runs on: not for a smoke test.
  readOnly: () => false,
  estimateRoundMs: (spec) => estimateRoundMs(spec.encode, availableParallelism()),
  limits,
  prepare: (spec, context) => prepare(spec.encode, context),
};

async function prepare(spec: EncodeSpec, context: WorkloadContext): Promise<PreparedWorkload> {
  const { signal, progress } = context;
  const cores = availableParallelism();
  const prepared = await preflight(spec, context);
  await mkdir(context.workDir, { recursive: true });
  await requireSpace(context.workDir, neededBytes(spec.output.bitrate, prepared.clip.durationMs, Math.max(...levels(spec, cores))));
  const folder = await mkdtemp(join(context.workDir, 'encode-'));
  const cases = casesOf(spec, prepared.available, cores);
  const setup: EncodeSetup = { spec, prepared, cases, folder, signal, progress };
  const results: CaseResult[] = [];
  let rounds = 0;

  return {
    async runRound(round) {
      if (rounds === 0) await warmUp(setup);
      rounds = Math.max(rounds, round + 1);
      await measureRound(setup, round, (result) => results.push(result));
    },
    measurement: (): Measurement => ({
      validity: { status: 'valid', findings: findingsOf(results) },
      metrics: metricsOf(cases, results, rounds, prepared.clip),
      histograms: [],
      series: seriesOf(results),
      detail: detailOf(spec, prepared),
      notMeasured: prepared.probes.flatMap((probe) => notMeasured(probe) ?? []),
    }),
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

function detailOf(spec: EncodeSpec, { ffmpeg, clip, probes, available }: Prepared): EncodeDetail {
  return {
    kind: 'encode',
    clip: clipDetail(clip),
    commands: available.map((encoder) => ({
      encoder,
      command: copyable(ffmpeg.path, encodeArguments({ encoder, output: spec.output, threads: spec.threads, inputPath: clip.path, outputPath: join(tmpdir(), `${encoder}.mp4`) })),
    })),
    probes: probes.map((probe) => {
      const why = notMeasured(probe);
      return { encoder: probe.encoder, available: why === null, cause: why?.cause ?? null, reason: why?.reason ?? null, remedy: why?.remedy ?? null };
    }),
  };
}
