import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { arch, cpus, platform, release } from 'node:os';
import si from 'systeminformation';
import type { Environment } from '../record/schema.ts';
import { linuxGpus, linuxSystem, linuxVirtualisation, memoryClassGiB, usableCores, usableMemoryBytes } from './hardware.ts';

type Facts = Environment['hard'];

const LIMIT_MS = 8_000;

/**
 * Which machine this is. `hard` decides whether figures compare at all; `soft` is shown where it differs. Neither holds what changes
 * by itself or by name only: clock rate, host name, uptime, addresses.
 */
export async function fingerprint(): Promise<Environment> {
  const linux = platform() === 'linux';
  const [cpu, graphics, system, os] = await Promise.all([
    cpuModel(),
    linux ? undefined : within(si.graphics()),
    linux ? undefined : within(si.system()),
    linux ? undefined : within(si.osInfo()),
  ]);
  const gpus = linux ? linuxGpus() : (graphics?.controllers ?? []).map(({ model }) => model).sort();
  const hard: Facts = {
    cpu,
    cores: usableCores(),
    memoryGiB: memoryClassGiB(usableMemoryBytes()),
    architecture: arch(),
    platform: platform(),
    gpus: gpus.length === 0 ? 'none' : gpus.join(', '),
    gpuCount: gpus.length,
    virtualisation: linux ? linuxVirtualisation() : system?.virtual === true ? `virtual machine (${system.virtualHost ?? 'unknown'})` : 'none',
  };
  const soft: Facts = {
    kernel: release(),
    os: linux ? linuxSystem() : named([os?.distro, os?.release]),
    node: process.versions.node,
    gpuDriver: nvidiaDriver() ?? graphics?.controllers.find(({ driverVersion }) => driverVersion !== undefined)?.driverVersion ?? null,
  };
  return { hard, soft, hash: hashOf(hard) };
}

/** What is known of a name; null where nothing is. systeminformation says `unknown` where the program it asks is not on PATH. */
function named(parts: readonly (string | undefined)[]): string | null {
  return parts.filter((part) => part !== undefined && part !== '' && part !== 'unknown').join(' ') || null;
}

/** 12 hexadecimal digits of the SHA-256 of the facts as JSON with sorted keys. */
export function hashOf(facts: Facts): string {
  const canonical = JSON.stringify(Object.fromEntries(Object.entries(facts).sort(([a], [b]) => (a < b ? -1 : 1))));
  return createHash('sha256').update(canonical).digest('hex').slice(0, 12);
}

async function cpuModel(): Promise<string> {
  const model = cpus()[0]?.model.replace(/\s+/g, ' ').trim() ?? '';
  if (model !== '' && model !== 'unknown') return model;
  // ARM kernels do not name the model in /proc/cpuinfo; systeminformation knows the part numbers.
  const cpu = await within(si.cpu());
  return `${cpu?.manufacturer ?? ''} ${cpu?.brand ?? ''}`.trim() || 'unknown';
}

/** The loaded NVIDIA kernel module's version; null where there is none. */
function nvidiaDriver(): string | null {
  try {
    return /Kernel Module(?: for \S+)?\s+(\d+(?:\.\d+)+)/.exec(readFileSync('/proc/driver/nvidia/version', 'utf8'))?.[1] ?? null;
  } catch {
    return null;
  }
}

/** systeminformation starts programs that can hang; a fact that does not come in time is no fact. */
async function within<T>(facts: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), LIMIT_MS)));
  try {
    return await Promise.race([facts.catch(() => undefined), limit]);
  } finally {
    clearTimeout(timer);
  }
}
