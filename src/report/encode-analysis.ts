import type { EncodeAnalysis, EncodeDetail, WorkloadRecord } from '../record/schema.ts';
import { formatBytes, formatNumber, formatShare } from '../units.ts';
import { formatChange, formatCount, formatMaybe, plural } from './values.ts';

/** A table as every report draws it: text alone, the first column names the row. A heading that ends in `:` is a column of figures. */
export interface ReportTable {
  title: string;
  /** What must be known to read it. */
  note: string;
  columns: string[];
  rows: string[][];
  /** Shown where there is room for everything; otherwise in HTML alone. */
  rank: 'main' | 'detail';
}

/** What the encodes of a workload come to, as tables; none that would be empty. */
export function analysisTables(workload: Pick<WorkloadRecord, 'detail'>): ReportTable[] {
  const { detail } = workload;
  if (detail.kind !== 'encode' || detail.analysis === undefined) return [];
  const { analysis } = detail;
  return [
    equalRate(analysis),
    scores(analysis),
    equalQuality(analysis),
    ...analysis.sweeps.map((sweep) => sweepTable(sweep, detail)),
    bounds(analysis),
    costs(analysis),
    parity(detail),
    curve(analysis),
    load(detail),
  ].filter(({ rows }) => rows.length > 0);
}

const number = (value: number | null): string => (value === null || !Number.isFinite(value) ? '–' : formatNumber(Number(value.toPrecision(3))));
const ratio = (value: number | undefined): string => (value === undefined || !Number.isFinite(value) ? '–' : `${formatNumber(Number(value.toPrecision(3)))}×`);
const ms = (value: number | null): string => formatMaybe(value, 'ms');
const bitrate = (value: number | null): string => formatMaybe(value, 'bit/s');

function equalRate({ equalRate: rows, targetBitrate, reference }: EncodeAnalysis): ReportTable {
  const vmaf = rows.some((row) => row.vmaf !== null);
  return {
    rank: 'main',
    title: `At equal rate control: ${bitrate(targetBitrate)} asked of each`,
    note: `S, B, Q (vbench): speed, bit rate and quality against ${reference ?? 'the reference'}; above 1 is better. Front: nothing measured here is both faster and better.`,
    columns: ['encoder', 'fps:', 'bit rate:', 'off target:', 'PSNR:', 'SSIM:', ...(vmaf ? ['VMAF:'] : []), 'S:', 'B:', 'Q:', 'front'],
    rows: rows.length < 2 ? [] : rows.map((row) => [
      row.subject, formatMaybe(row.framesPerSecond, 'fps'), bitrate(row.bitsPerSecond), formatChange(row.deviation), formatMaybe(row.psnr, 'dB'), row.ssim === null ? '–' : row.ssim.toFixed(4),
      ...(vmaf ? [number(row.vmaf)] : []), ratio(row.ratios?.s), ratio(row.ratios?.b), ratio(row.ratios?.q), row.pareto ? 'yes' : '',
    ]),
  };
}

function scores({ equalRate: rows, reference }: EncodeAnalysis): ReportTable {
  const score = (value: number | undefined): string => (value === undefined ? '–' : value === 0 ? '0' : number(value));
  return {
    rank: 'detail',
    title: 'vbench scenarios',
    note: `Against ${reference ?? 'the reference'}; 0: the scenario's constraint is missed. Upload: B > 0.2, S × Q. Live: faster than the clip plays, B × Q. VOD: no loss of quality, S × B. Popular: B and Q at least 1, S at least 0.1, B × Q. Platform: B and Q equal within 2 %, S.`,
    columns: ['encoder', 'upload:', 'live:', 'VOD:', 'popular:', 'platform:'],
    rows: rows.filter((row) => row.scores !== null).length < 2 ? [] : rows.map(({ subject, scores: of }) => [subject, score(of?.upload), score(of?.live), score(of?.vod), score(of?.popular), score(of?.platform)]),
  };
}

function equalQuality({ equalQuality: found, reference, targetBitrate }: EncodeAnalysis): ReportTable {
  return {
    rank: 'main',
    title: found === null ? 'At equal quality' : `At equal quality: PSNR ${found.psnr.toFixed(2)} dB, that of ${reference ?? 'the reference'} nearest ${bitrate(targetBitrate)}`,
    note: `Interpolated between measured bit rates, never beyond them. BD-rate: bit rate more (+) or less (−) than ${reference ?? 'the reference'} for the same quality, averaged over the qualities both reach.${(found?.encoders ?? []).map(({ encoder, why }) => (why === null ? '' : ` ${encoder}: ${why}.`)).join('')}`,
    columns: ['encoder', 'bit rate:', 'fps:', 'BD-rate:'],
    rows: found === null ? [] : found.encoders.map((row) => [row.encoder, bitrate(row.bitsPerSecond), formatMaybe(row.framesPerSecond, 'fps'), row.encoder === reference ? 'reference' : formatChange(row.bdRate)]),
  };
}

function curve({ curve: points }: EncodeAnalysis): ReportTable {
  return {
    rank: 'detail',
    title: 'Quality over bit rate',
    note: 'One encode each: what the table at equal quality is interpolated from.',
    columns: ['encoder', 'asked:', 'bit rate:', 'PSNR:', 'SSIM:', 'VMAF:', 'fps:', 'CPU:'],
    rows: points.map((point) => [point.encoder, bitrate(point.targetBitrate), bitrate(point.bitsPerSecond), formatMaybe(point.psnr, 'dB'), point.ssim === null ? '–' : point.ssim.toFixed(4), number(point.vmaf), formatMaybe(point.framesPerSecond, 'fps'), ms(point.cpuMs)]),
  };
}

function sweepTable(sweep: EncodeAnalysis['sweeps'][number], detail: EncodeDetail): ReportTable {
  const cap = detail.sessionCaps?.find(({ encoder }) => sweep.subject === encoder || sweep.subject.startsWith(`${encoder},`));
  const sessions = cap === undefined ? '' : cap.cap === null ? ` No session limit found up to ${cap.tried}.` : ` The GPU opens ${plural(cap.cap, 'session')} at once.`;
  return {
    rank: 'main',
    title: `Batch, ${sweep.subject}`,
    note: `${kneeSentence(sweep)}${sessions} Tail: from the first worker without work to the end.`,
    columns: ['at once', 'makespan:', 'videos/h:', 'speed-up:', 'efficiency:', 'job p50:', 'p95:', 'slowest:', 'slowest worker:', 'tail:', 'failed'],
    rows: sweep.levels.map((level) => [
      String(level.concurrency), ms(level.makespanMs), level.videosPerHour === null ? '–' : formatCount(level.videosPerHour), ratio(level.speedup ?? undefined), level.efficiency === null ? '–' : formatShare(level.efficiency),
      ms(level.jobP50Ms), level.jobP95Ms === null ? 'needs 20' : ms(level.jobP95Ms), ms(level.jobMaxMs), ms(level.slowestWorkerMs), ms(level.tailMs),
      level.failures.length === 0 ? '–' : level.failures.map(({ cause, count }) => `${count} ${cause}`).join(', '),
    ]),
  };
}

function kneeSentence({ levels, knee, best }: EncodeAnalysis['sweeps'][number]): string {
  if (levels.length < 2) return 'One level: add more to encode.concurrency (or sweep) to find the knee.';
  if (knee === null) return 'No knee: each step gained 5 % or more.';
  return `The knee is at ${knee} at once: the next step gains less than 5 %.${best === null || best === knee ? '' : ` Most videos an hour at ${best}.`}`;
}

function bounds({ bounds: rows }: EncodeAnalysis): ReportTable {
  const words = { decode: 'decoding', encode: 'encoding', both: 'both about equally' } as const;
  return {
    rank: 'main',
    title: 'What limits the GPU',
    note: 'Against decoding alone by the same decoder.',
    columns: ['encoder', 'fps:', 'decoding alone:', 'limited by'],
    rows: rows.map((row) => [row.subject, formatMaybe(row.framesPerSecond, 'fps'), formatMaybe(row.decodeFramesPerSecond, 'fps'), words[row.bound]]),
  };
}

function costs({ costs: found }: EncodeAnalysis): ReportTable {
  if (found === null) return { rank: 'main', title: 'Cost', note: '', columns: [], rows: [] };
  const { breakEven } = found;
  const words = { cpu: 'the CPU is cheaper', gpu: 'the GPU is cheaper', equal: 'both cost the same' } as const;
  const even = breakEven === null ? '' : ` ${breakEven.gpu} makes ${ratio(breakEven.speedup)} the videos of ${breakEven.cpu} and breaks even at ${ratio(breakEven.needed)}: ${words[breakEven.cheaper]}.`;
  return {
    rank: 'main',
    title: 'Cost per video',
    note: `At the throughput of the best level of the batch, the machine always at work.${even}${found.missing.map((each) => ` Not known: ${each}.`).join('')}`,
    columns: ['encoder', 'price:', 'videos/h:', 'per video:'],
    rows: found.perVideo.map((row) => [row.subject, `${row.pricePerHour} ${found.currency}/h`, formatCount(row.videosPerHour), `${row.cost.toPrecision(3)} ${found.currency}`]),
  };
}

function parity({ parity: rows = [], probes }: EncodeDetail): ReportTable {
  return {
    rank: 'detail',
    title: 'What each encoder was given',
    note: 'Bit rate, cap, buffer, GOP, B-frames and pixel format are the same for all, but for what is named here.',
    columns: ['encoder', 'preset', 'profile', 'device', 'not the same'],
    rows: rows.map((row) => [row.encoder, row.preset, row.profile ?? 'its only one', probes.find(({ encoder }) => encoder === row.encoder)?.device ?? 'CPU', row.unlike.join('; ') || 'nothing']),
  };
}

/** Means over the rounds would hide one that was disturbed: the highest is shown. */
function load({ load: samples = [] }: EncodeDetail): ReportTable {
  const groups = new Map<string, typeof samples>();
  for (const sample of samples) groups.set(JSON.stringify([sample.subject, sample.concurrency]), [...(groups.get(JSON.stringify([sample.subject, sample.concurrency])) ?? []), sample]);
  const gpu = samples.some((sample) => sample.gpu !== null);
  const most = (values: readonly (number | null | undefined)[]): number | null => {
    const known = values.filter((value): value is number => typeof value === 'number');
    return known.length === 0 ? null : Math.max(...known);
  };
  const share = (value: number | null): string => (value === null ? '–' : formatShare(value));
  return {
    rank: 'detail',
    title: 'The machine meanwhile',
    note: 'The highest of the rounds. Energy is unavailable where the processor or the system does not say.',
    columns: ['encoder', 'at once:', 'CPU mean:', 'CPU peak:', 'memory:', 'disk written:', 'CPU energy:', ...(gpu ? ['GPU encoder:', 'GPU decoder:', 'sessions:', 'power:', 'GPU energy:', 'GPU:'] : [])],
    rows: [...groups.values()].map((group) => {
      const of = (pick: (sample: (typeof samples)[number]) => number | null | undefined): number | null => most(group.map(pick));
      const memory = of(({ memoryMaxBytes }) => memoryMaxBytes);
      const written = of(({ diskWrittenBytes }) => diskWrittenBytes);
      const [cpuJ, gpuJ, watts, degrees] = [of(({ cpuEnergyJ }) => cpuEnergyJ), of((sample) => sample.gpu?.energyJ), of((sample) => sample.gpu?.powerW), of((sample) => sample.gpu?.temperatureMaxC)];
      return [
        group[0]?.subject ?? '', String(group[0]?.concurrency ?? 1), share(of(({ cpuMean }) => cpuMean)), share(of(({ cpuMax }) => cpuMax)), memory === null ? '–' : formatBytes(memory), written === null ? '–' : formatBytes(written),
        cpuJ === null ? 'unavailable' : `${number(cpuJ)} J`,
        ...(gpu ? [share(of((sample) => sample.gpu?.encoder)), share(of((sample) => sample.gpu?.decoder)), number(of((sample) => sample.gpu?.sessionsMax)), watts === null ? 'unavailable' : `${number(watts)} W`, gpuJ === null ? 'unavailable' : `${number(gpuJ)} J`, degrees === null ? '–' : `${number(degrees)} °C`] : []),
      ];
    }),
  };
}

