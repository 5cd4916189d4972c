import { existsSync, readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { reasonOf, BenchError } from '../errors.ts';
import { formatBytes, formatNumber, formatShare } from '../units.ts';
import { type Environment, findExecutable, fromVariable } from './executables.ts';
import { usableCores, usableMemoryBytes } from './hardware.ts';
import { runProcess } from './processes.ts';
import type { ToolResolver } from './tools.ts';

/** One thing `bench doctor` looked at. */
export interface DoctorFact {
  name: string;
  status: 'ok' | 'warning' | 'missing';
  found: string;
  /** What it means for measurements. */
  meaning: string;
  /** The next step; empty where all is well. */
  remedy: string;
}

const NODE_MINIMUM = [20, 19] as const;
const DESCRIPTORS_WANTED = 4_096;
const DISK_WANTED_BYTES = 2e9;
const MEMORY_WANTED_BYTES = 2 * 1024 ** 3;
const CLOCK_WANTED_US = 10;
const STEAL_LIMIT = 0.05;
const ASK_LIMIT_MS = 5_000;

/** What this machine can run. Further facts (encoders by real probes) are added by those who know them. */
export async function hostFacts(tools: ToolResolver, env: Environment = process.env): Promise<DoctorFact[]> {
  return [
    nodeVersion(),
    cores(),
    memory(),
    await fileDescriptors(),
    await disk('disk here', process.cwd()),
    await disk('disk for temporary files', tmpdir()),
    clock(),
    await synchronised(),
    governor(),
    steal(),
    await program('ffmpeg', () => tools.ffmpeg(), 'encodes videos'),
    await program('ffprobe', () => tools.ffprobe(), 'identifies clips and checks results'),
    await k6(env),
  ];
}

const fact = (name: string, good: boolean, found: string, meaning: string, remedy: string): DoctorFact => ({
  name,
  status: good ? 'ok' : 'warning',
  found,
  meaning,
  remedy: good ? '' : remedy,
});

function nodeVersion(): DoctorFact {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const good = major > NODE_MINIMUM[0] || (major === NODE_MINIMUM[0] && minor >= NODE_MINIMUM[1]);
  return fact('Node', good, process.versions.node, 'runs bench', `Install Node ${NODE_MINIMUM.join('.')} or newer.`);
}

function cores(): DoctorFact {
  const found = usableCores();
  return fact('cores', found >= 2, formatNumber(found), 'load generator and service need one each', 'Use 2 cores or more, or run the service on another machine.');
}

function memory(): DoctorFact {
  const bytes = usableMemoryBytes();
  return fact('memory', bytes >= MEMORY_WANTED_BYTES, formatBytes(bytes), 'encodes at once, and what the run keeps, must fit', 'Encode smaller clips or fewer at once.');
}

/** Node raises its own soft limit to the hard one at its start, so this is what bench really has. */
async function fileDescriptors(): Promise<DoctorFact> {
  const [soft, hard] = await descriptorLimits();
  const meaning = 'one is needed for each connection';
  if (soft === undefined) return { name: 'file descriptors', status: 'warning', found: 'not readable', meaning, remedy: 'Check `ulimit -n`.' };
  return fact('file descriptors', soft >= DESCRIPTORS_WANTED, `${soft} (hard limit ${hard ?? soft})`, meaning, `Raise it before the run: ulimit -n ${DESCRIPTORS_WANTED}`);
}

async function descriptorLimits(): Promise<number[]> {
  const numbers = (text: string): number[] => text.trim().split(/\s+/).map((word) => (word === 'unlimited' ? Infinity : Number(word))).filter((value) => !Number.isNaN(value));
  const line = /^Max open files\s+(\S+\s+\S+)/m.exec(readText('/proc/self/limits') ?? '')?.[1];
  if (line !== undefined) return numbers(line);
  const asked = await runProcess('sh', ['-c', 'ulimit -Sn; ulimit -Hn'], { timeoutMs: ASK_LIMIT_MS });
  return asked.code === 0 ? numbers(asked.stdout) : [];
}

async function disk(name: string, folder: string): Promise<DoctorFact> {
  const { bavail, bsize } = await statfs(folder);
  const bytes = bavail * bsize;
  return fact(name, bytes >= DISK_WANTED_BYTES, `${formatBytes(bytes)} free in ${folder}`, 'clips, encodes and reports are written there', `Free space: ${formatBytes(DISK_WANTED_BYTES)} or more are needed for 1080p clips.`);
}

function clock(): DoctorFact {
  const source = readText('/sys/devices/system/clocksource/clocksource0/current_clocksource')?.trim() ?? 'unknown source';
  const resolutionUs = clockResolutionUs();
  const good = resolutionUs <= CLOCK_WANTED_US && !['hpet', 'acpi_pm', 'jiffies'].includes(source);
  return fact('clock', good, `${source}, steps of ${formatNumber(resolutionUs)} µs`, 'latencies are measured in µs', 'A slow clock source costs time at every request: use one with tsc, kvm-clock or arch_sys_counter.');
}

/** The smallest step between two different readings, in µs. */
export function clockResolutionUs(): number {
  let smallestNs = Infinity;
  let before = process.hrtime.bigint();
  for (let reading = 0; reading < 2_000; reading += 1) {
    const now = process.hrtime.bigint();
    if (now > before) smallestNs = Math.min(smallestNs, Number(now - before));
    before = now;
  }
  return smallestNs / 1_000;
}

async function synchronised(): Promise<DoctorFact> {
  const meaning = 'times in records; durations do not depend on it';
  if (existsSync('/run/systemd/timesync/synchronized')) return fact('clock synchronised', true, 'yes', meaning, '');
  const asked = await runProcess('timedatectl', ['show', '--property=NTPSynchronized', '--value'], { timeoutMs: ASK_LIMIT_MS });
  const answer = asked.code === 0 ? asked.stdout.trim() : '';
  // Not to know it is normal in containers and no reason to warn.
  if (answer !== 'yes' && answer !== 'no') return fact('clock synchronised', true, 'not readable here', meaning, '');
  return fact('clock synchronised', answer === 'yes', answer, meaning, 'Switch NTP on: timedatectl set-ntp true');
}

function governor(): DoctorFact {
  const found = readText('/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor')?.trim();
  const meaning = 'a governor that saves power makes the first seconds slower';
  return fact('CPU governor', found === undefined || found === 'performance', found ?? 'not readable here', meaning, 'For steadier figures: cpupower frequency-set -g performance');
}

/** Share of CPU time that the hypervisor gave to others since boot (proc(5), /proc/stat). */
function steal(): DoctorFact {
  const times = /^cpu\s+(.+)$/m.exec(readText('/proc/stat') ?? '')?.[1]?.split(' ').map(Number).slice(0, 8);
  const meaning = 'CPU time that other machines on this host took';
  if (times === undefined) return fact('CPU steal', true, 'not readable here', meaning, '');
  const share = (times[7] ?? 0) / times.reduce((sum, time) => sum + time, 0);
  return fact('CPU steal', share < STEAL_LIMIT, `${formatShare(share)} since boot`, meaning, 'Use a machine with dedicated cores; figures will be noisy here.');
}

async function program(name: string, resolve: () => Promise<{ path: string; version: string; source: string }>, meaning: string): Promise<DoctorFact> {
  try {
    const { path, version, source } = await resolve();
    return fact(name, true, `${version}, ${path} (from ${source === 'npm' ? 'the npm package' : source})`, meaning, '');
  } catch (error) {
    return { name, status: 'missing', found: reasonOf(error), meaning, remedy: (error instanceof BenchError ? error.hint : undefined) ?? '' };
  }
}

async function k6(env: Environment): Promise<DoctorFact> {
  const meaning = 'load from several machines; everything else works without it';
  const set = env['K6_PATH'];
  const path = set === undefined || set === '' ? findExecutable('k6', env) : fromVariable(set, env);
  const remedy = 'Get it from https://grafana.com/docs/k6/latest/set-up/install-k6/ or set K6_PATH to its path.';
  if (path === null) return { name: 'k6', status: 'missing', found: 'not on PATH', meaning, remedy };
  const asked = await runProcess(path, ['version'], { timeoutMs: ASK_LIMIT_MS });
  const version = /k6(?:\.exe)? (v\S+)/.exec(asked.stdout)?.[1];
  if (version === undefined) return { name: 'k6', status: 'missing', found: `${path} does not work (${asked.startError ?? `exit ${asked.code}`})`, meaning, remedy };
  return fact('k6', true, `${version}, ${path}`, meaning, '');
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
