import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { cgroupLimits } from './cgroup.ts';

/*
 * What Linux itself says about the machine. systeminformation asks lspci and dmidecode, which may be there today and not tomorrow,
 * and answers root otherwise than others: installing a package would make another machine of this one. /proc and /sys do not change.
 */

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
};
const list = (path: string): string[] => {
  try {
    return readdirSync(path).sort();
  } catch {
    return [];
  }
};

/** Cores this process may use: its affinity, and the CPU quota of its control group (which may be a fraction). */
export function usableCores(): number {
  const affinity = /^Cpus_allowed_list:\s*(\S+)/m.exec(read('/proc/self/status'))?.[1];
  const allowed = affinity === undefined ? availableParallelism() : countCpus(affinity);
  return Math.round(Math.min(allowed, cgroupLimits().cores ?? Infinity) * 100) / 100;
}

/** Encodes that can be at work at once without waiting for each other: whole cores, at least one. */
export function wholeCores(): number {
  return Math.max(1, Math.floor(usableCores()));
}

/** `0-3,8` → 5 */
export function countCpus(text: string): number {
  return text.split(',').reduce((sum, part) => {
    const [first = 0, last = first] = part.split('-').map(Number);
    return sum + last - first + 1;
  }, 0);
}

/** Bytes this process may use: the machine's, or the limit of its control group. */
export function usableMemoryBytes(): number {
  return Math.min(totalmem(), cgroupLimits().memoryBytes ?? Infinity);
}

/**
 * The nominal size a memory is sold by, in GiB: 1, 2, 3, 4, 6, 8, 12, 16, … Firmware and kernel keep a part that changes with their
 * version, so the exact figure would make every kernel update another machine.
 */
export function memoryClassGiB(bytes: number): number {
  const gib = bytes / 1024 ** 3;
  const classes = [0.25, 0.5, 1, 2, 3, ...Array.from({ length: 16 }, (_, power) => [2 ** (power + 2), 3 * 2 ** (power + 1)]).flat()];
  const distance = (size: number): number => Math.abs(Math.log(size / gib));
  return classes.reduce((best, size) => (distance(size) < distance(best) ? size : best));
}

/** Display adapters that draw a console and encode nothing: QEMU, virtio, VMware, Cirrus, QXL, Hyper-V, VirtualBox, ASPEED, Matrox. */
const CONSOLE_VENDORS = new Set(['0x1234', '0x1af4', '0x15ad', '0x1013', '0x1b36', '0x1414', '0x80ee', '0x1a03', '0x102b']);
const VENDORS: Readonly<Record<string, string>> = { '0x10de': 'NVIDIA', '0x1002': 'AMD', '0x8086': 'Intel' };

/** GPU models of a Linux machine, sorted, one entry for each: NVIDIA's by its driver (what a container may see), others by PCI id. */
export function linuxGpus(root = '/'): string[] {
  const nvidiaFolder = join(root, 'proc/driver/nvidia/gpus');
  const nvidia = list(nvidiaFolder).map((slot) => /^Model:\s*(.+)$/m.exec(read(join(nvidiaFolder, slot, 'information')))?.[1]?.trim() ?? 'NVIDIA');
  const devices = join(root, 'sys/bus/pci/devices');
  const others = list(devices).flatMap((slot) => {
    const [kind, vendor, device] = ['class', 'vendor', 'device'].map((name) => read(join(devices, slot, name)));
    if (kind?.startsWith('0x03') !== true || vendor === undefined || CONSOLE_VENDORS.has(vendor)) return [];
    if (vendor === '0x10de' && nvidia.length > 0) return [];
    return [`${VENDORS[vendor] ?? 'PCI'} ${vendor.slice(2)}:${(device ?? '').slice(2)}`];
  });
  return [...nvidia, ...others].sort();
}

/** `Debian GNU/Linux 12`, as the distribution itself says (os-release); null where it does not. */
export function linuxSystem(root = '/'): string | null {
  const text = ['etc/os-release', 'usr/lib/os-release'].map((path) => read(join(root, path))).find((found) => found !== '') ?? '';
  const field = (name: string): string => new RegExp(`^${name}=(["']?)(.*)\\1$`, 'm').exec(text)?.[2] ?? '';
  return `${field('NAME')} ${field('VERSION_ID')}`.trim() || null;
}

/** `none`, `virtual machine (Amazon EC2)`, `virtual machine, container`. */
export function linuxVirtualisation(root = '/', env: Readonly<Record<string, string | undefined>> = process.env): string {
  const vendor = read(join(root, 'sys/class/dmi/id/sys_vendor'));
  const product = read(join(root, 'sys/class/dmi/id/product_name'));
  const hypervisor =
    /^flags\s*:.*\bhypervisor\b/m.test(read(join(root, 'proc/cpuinfo'))) ||
    read(join(root, 'sys/hypervisor/type')) !== '' ||
    /QEMU|KVM|VMware|VirtualBox|Virtual Machine|Xen|Amazon EC2|Google Compute|OpenStack|Bochs|Parallels/i.test(`${vendor} ${product}`);
  const container = ['.dockerenv', 'run/.containerenv'].some((name) => existsSync(join(root, name))) || env['KUBERNETES_SERVICE_HOST'] !== undefined;
  const parts = [...(hypervisor ? [vendor === '' ? 'virtual machine' : `virtual machine (${vendor})`] : []), ...(container ? ['container'] : [])];
  return parts.length === 0 ? 'none' : parts.join(', ');
}
