import { findExecutable } from './executables.ts';
import { startProcess, type RunningProcess } from './processes.ts';

/** What the GPU did between two moments. Null: this GPU or driver does not say. */
export interface GpuUse {
  samples: number;
  /** Shares, 0 to 1. `utilisation` is of the shaders and misses NVENC. */
  utilisation: number | null;
  encoder: number | null;
  encoderMax: number | null;
  decoder: number | null;
  sessionsMax: number | null;
  powerW: number | null;
  energyJ: number | null;
  temperatureMaxC: number | null;
}

const FIELDS = ['utilization.gpu', 'utilization.encoder', 'utilization.decoder', 'encoder.stats.sessionCount', 'encoder.stats.averageFps', 'power.draw', 'clocks.current.video', 'temperature.gpu'] as const;
type Field = (typeof FIELDS)[number];
export type GpuSample = { at: number } & Record<Field, number | null>;

const LOOP_MS = 500;

export interface GpuSampler {
  /** Null where nothing was said in that time. Times on the clock of `performance.now()`. */
  between(startedAt: number, endedAt: number): GpuUse | null;
  /** Resolves when nvidia-smi is gone: at `stop`, or before where it gave up. */
  ended: Promise<unknown>;
  stop(): Promise<void>;
}

/** One nvidia-smi for the whole measurement, never one for each sample. Null where there is none. */
export function sampleGpu(env: Readonly<Record<string, string | undefined>> = process.env): GpuSampler | null {
  const path = findExecutable('nvidia-smi', env);
  if (path === null) return null;
  const samples: GpuSample[] = [];
  const running: RunningProcess = startProcess(path, [`--query-gpu=${FIELDS.join(',')}`, '--format=csv,noheader,nounits', `--loop-ms=${LOOP_MS}`], {
    onStdoutLine: (line) => {
      const sample = parseGpuLine(line);
      if (sample !== null) samples.push({ at: performance.now(), ...sample });
    },
  });
  return {
    between: (startedAt, endedAt) => gpuUse(samples.filter(({ at }) => at >= startedAt && at <= endedAt + LOOP_MS), endedAt - startedAt),
    ended: running.exited,
    stop: async () => {
      await running.stop(500);
    },
  };
}

/** One line of figures; null where it is none. `[N/A]` and `[Not Supported]` are missing, not 0. */
export function parseGpuLine(line: string): Record<Field, number | null> | null {
  const cells = line.split(',').map((cell) => cell.trim());
  if (cells.length !== FIELDS.length || !cells.some((cell) => /^\d|^\[/.test(cell))) return null;
  const value = (at: number): number | null => (/^-?\d+(\.\d+)?$/.test(cells[at] ?? '') ? Number(cells[at]) : null);
  return {
    'utilization.gpu': value(0),
    'utilization.encoder': value(1),
    'utilization.decoder': value(2),
    'encoder.stats.sessionCount': value(3),
    'encoder.stats.averageFps': value(4),
    'power.draw': value(5),
    'clocks.current.video': value(6),
    'temperature.gpu': value(7),
  };
}

/** Means and maxima over the samples; energy is mean power times the time. */
export function gpuUse(samples: readonly GpuSample[], durationMs: number): GpuUse | null {
  if (samples.length === 0) return null;
  const of = (field: Field): number[] => samples.flatMap((sample) => sample[field] ?? []);
  const mean = (values: readonly number[]): number | null => (values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length);
  const max = (values: readonly number[]): number | null => (values.length === 0 ? null : Math.max(...values));
  const share = (percent: number | null): number | null => (percent === null ? null : percent / 100);
  const powerW = mean(of('power.draw'));
  return {
    samples: samples.length,
    utilisation: share(mean(of('utilization.gpu'))),
    encoder: share(mean(of('utilization.encoder'))),
    encoderMax: share(max(of('utilization.encoder'))),
    decoder: share(mean(of('utilization.decoder'))),
    sessionsMax: max(of('encoder.stats.sessionCount')),
    powerW,
    energyJ: powerW === null ? null : (powerW * durationMs) / 1_000,
    temperatureMaxC: max(of('temperature.gpu')),
  };
}
