import type { Labels } from '../../record/schema.ts';
import { ENCODER_DESCRIPTIONS, type Decoder } from './encoders.ts';
import type { EncodeSpec, Encoder, GpuMode, ThreadPolicy } from './schema.ts';

interface Measured {
  jobs: number;
  /** 1 for a single encode. */
  concurrency: number;
  threads: number | 'auto';
  decoder: Decoder;
  /** What tells its metrics from those of the other cases. */
  labels: Labels;
}

/** What is measured once a round: one encode, a batch of them at one concurrency, or the decoding of the clip alone. */
export type EncodeCase = (Measured & { work: 'encode'; encoder: Encoder }) | (Measured & { work: 'decode' });

/** What the machine sets: cores, and how many sessions an encoder gives at once (absent: no limit found). */
export interface Machine {
  cores: number;
  sessionCaps: ReadonlyMap<Encoder, number>;
}

type CaseSpec = Pick<EncodeSpec, 'jobs' | 'concurrency' | 'threads' | 'modes'>;

/** Every concurrency level, thread policy and GPU mode of a workload with every encoder it is for. */
export function casesOf(spec: CaseSpec, encoders: readonly Encoder[], machine: Machine, gpuDecodes = true): EncodeCase[] {
  const modes = spec.modes ?? ['cpu-decode'];
  const policies = policiesOf(spec.threads);
  const ofEncoder = new Map(encoders.map((encoder) => [encoder, levels(spec, machine.cores, machine.sessionCaps.get(encoder))]));
  const all = [...new Set([...ofEncoder.values()].flat())].sort((a, b) => a - b);
  const encodes = all.flatMap((concurrency) =>
    policies.flatMap((policy) =>
      encoders
        .filter((encoder) => ofEncoder.get(encoder)?.includes(concurrency) === true)
        .flatMap((encoder) =>
          decodersOf(encoder, modes)
            .filter((decoder) => decoder === 'cpu' || gpuDecodes)
            .map((decoder): EncodeCase => {
              const labels: Labels = {
                encoder,
                ...(spec.jobs === 1 ? {} : { concurrency: String(concurrency) }),
                ...(decoder === 'cpu' ? {} : { decoder }),
                ...(policies.length === 1 ? {} : { threads: String(policy) }),
              };
              return { work: 'encode', encoder, decoder, jobs: spec.jobs, concurrency, threads: threadsOf(policy, machine.cores, concurrency), labels };
            }),
        ),
    ),
  );
  const [policy = 'auto'] = policies;
  const decodes = modes.includes('decode-only')
    ? (['cpu', 'gpu'] as const)
        .filter((decoder) => decoder === 'cpu' || (modes.includes('full-gpu') && gpuDecodes))
        .map((decoder): EncodeCase => ({ work: 'decode', decoder, jobs: 1, concurrency: 1, threads: threadsOf(policy, machine.cores, 1), labels: { decoder } }))
    : [];
  return [...encodes, ...decodes];
}

/** The full GPU path is NVENC's alone; what runs on the CPU is always decoded there. */
function decodersOf(encoder: Encoder, modes: readonly GpuMode[]): Decoder[] {
  if (ENCODER_DESCRIPTIONS[encoder].runsOn !== 'nvenc') return ['cpu'];
  const decoders: Decoder[] = [...(modes.includes('cpu-decode') ? ['cpu' as const] : []), ...(modes.includes('full-gpu') ? ['gpu' as const] : [])];
  return decoders.length === 0 ? ['cpu'] : decoders;
}

const policiesOf = (threads: EncodeSpec['threads']): ThreadPolicy[] => (Array.isArray(threads) ? [...new Set(threads)] : [threads]);

/** `split` shares the cores among the encodes at once. */
export function threadsOf(policy: ThreadPolicy, cores: number, concurrency: number): number | 'auto' {
  return policy === 'split' ? Math.max(1, Math.floor(cores / concurrency)) : policy;
}

/** Encodes at once, level by level; more workers than jobs are as many as there are jobs, and equal levels are one. */
export function levels({ jobs, concurrency }: Pick<EncodeSpec, 'jobs' | 'concurrency'>, cores: number, sessionCap?: number): number[] {
  if (jobs === 1) return [1];
  const written = Array.isArray(concurrency) ? concurrency : [concurrency];
  const numbers = written.flatMap((level) => (level === 'auto' ? [cores] : level === 'sweep' ? sweep(jobs, sessionCap) : [level]));
  return [...new Set(numbers.map((level) => Math.min(Math.floor(level), jobs)))];
}

/** 1, 2, 4, … up to as many as there are jobs; no more than the encoder gives sessions, and that many too. */
function sweep(jobs: number, sessionCap = jobs): number[] {
  const most = Math.max(1, Math.min(jobs, sessionCap));
  const doubled = Array.from({ length: 7 }, (_, power) => 2 ** power).filter((level) => level < most);
  return [...doubled, most];
}

/** The cases in the order of a round: each round starts one further, so that drift of the machine hits all of them alike. */
export function inOrderOfRound<T>(cases: readonly T[], round: number): T[] {
  const shift = cases.length === 0 ? 0 : round % cases.length;
  return [...cases.slice(shift), ...cases.slice(0, shift)];
}

/** `libx264`, `h264_nvenc, decoded by gpu`, `libx264, threads split`, `decode by cpu`: the subject of a case but for its concurrency. */
export function subjectOf({ labels }: Pick<EncodeCase, 'labels'>): string {
  const { encoder, decoder, threads } = labels as Partial<Record<string, string>>;
  if (encoder === undefined) return `decode by ${decoder ?? 'cpu'}`;
  return [encoder, ...(decoder === undefined ? [] : [`decoded by ${decoder}`]), ...(threads === undefined ? [] : [`threads ${threads}`])].join(', ');
}

/** `libx264`, `libx264 ×2`: for people. */
export function titleOf(each: EncodeCase): string {
  return each.jobs === 1 ? subjectOf(each) : `${subjectOf(each)} ×${each.concurrency}`;
}
