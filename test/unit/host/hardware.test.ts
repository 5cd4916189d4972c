import fc from 'fast-check';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cgroupLimits } from '../../../src/host/cgroup.ts';
import { countCpus, linuxGpus, linuxSystem, linuxVirtualisation, memoryClassGiB, usableCores } from '../../../src/host/hardware.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'hardware-test-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function tree(files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), `${text}\n`);
  }
}
const limits = (): ReturnType<typeof cgroupLimits> => cgroupLimits(join(root, 'cgroup'), join(root, 'membership'));

describe('cgroupLimits', () => {
  it('takes the tightest level of version 2', () => {
    tree({
      membership: '0::/kubepods/pod1/c1',
      'cgroup/kubepods/cpu.max': '400000 100000',
      'cgroup/kubepods/pod1/cpu.max': '150000 100000',
      'cgroup/kubepods/pod1/c1/cpu.max': 'max 100000',
      'cgroup/kubepods/pod1/memory.max': '2147483648',
      'cgroup/kubepods/pod1/c1/memory.max': 'max',
    });
    expect(limits()).toEqual({ cores: 1.5, memoryBytes: 2 ** 31 });
  });

  it("reads version 1 where the path is the host's and the mount is our own group", () => {
    tree({
      membership: '4:memory:/docker/abc\n3:cpu,cpuacct:/docker/abc',
      'cgroup/cpu,cpuacct/cpu.cfs_quota_us': '50000',
      'cgroup/cpu,cpuacct/cpu.cfs_period_us': '100000',
      'cgroup/memory/memory.limit_in_bytes': '536870912',
    });
    expect(limits()).toEqual({ cores: 0.5, memoryBytes: 2 ** 29 });
  });

  it('knows what no limit looks like', () => {
    tree({ membership: '4:memory:/\n3:cpu:/', 'cgroup/cpu/cpu.cfs_quota_us': '-1', 'cgroup/cpu/cpu.cfs_period_us': '100000', 'cgroup/memory/memory.limit_in_bytes': '9223372036854771712' });
    expect(limits()).toEqual({ cores: null, memoryBytes: null });
    expect(cgroupLimits(join(root, 'none'), join(root, 'none'))).toEqual({ cores: null, memoryBytes: null });
  });
});

describe('memoryClassGiB', () => {
  it('is the size it is sold by, whatever the kernel keeps for itself', () => {
    const of = (gib: number): number => memoryClassGiB(gib * 1024 ** 3);
    expect([0.48, 1.9, 3.8, 7.6, 15.4, 23.5, 31.2, 62.7, 125.6, 503].map(of)).toEqual([0.5, 2, 4, 8, 16, 24, 32, 64, 128, 512]);
    fc.assert(
      fc.property(fc.constantFrom(2, 4, 8, 16, 32, 64, 128, 256), fc.double({ min: 0.9, max: 1.05, noNaN: true }), (size, visible) => {
        expect(of(size * visible)).toBe(size);
      }),
    );
  });
});

describe('cores', () => {
  it('counts an affinity list', () => {
    expect([countCpus('0'), countCpus('0-3'), countCpus('0-3,8,10-11')]).toEqual([1, 4, 7]);
  });
  it('is never more than Node may use', () => {
    expect(usableCores()).toBeGreaterThan(0);
    expect(usableCores()).toBeLessThanOrEqual(availableParallelism());
  });
});

describe('linuxGpus', () => {
  it('names NVIDIA boards by their driver and leaves console adapters out', () => {
    tree({
      'proc/driver/nvidia/gpus/0000:00:1e.0/information': 'Model: \t\t NVIDIA L4\nIRQ: 42',
      'proc/driver/nvidia/gpus/0000:00:1f.0/information': 'Model: \t\t NVIDIA L4\nIRQ: 43',
      'sys/bus/pci/devices/0000:00:1e.0/class': '0x030200',
      'sys/bus/pci/devices/0000:00:1e.0/vendor': '0x10de',
      'sys/bus/pci/devices/0000:00:02.0/class': '0x030000',
      'sys/bus/pci/devices/0000:00:02.0/vendor': '0x1234',
      'sys/bus/pci/devices/0000:00:03.0/class': '0x020000',
      'sys/bus/pci/devices/0000:00:03.0/vendor': '0x8086',
    });
    expect(linuxGpus(root)).toEqual(['NVIDIA L4', 'NVIDIA L4']);
  });
  it('names others, and boards without a driver, by their PCI id', () => {
    tree({ 'sys/bus/pci/devices/a/class': '0x030000', 'sys/bus/pci/devices/a/vendor': '0x10de', 'sys/bus/pci/devices/a/device': '0x27b8' });
    expect(linuxGpus(root)).toEqual(['NVIDIA 10de:27b8']);
    expect(linuxGpus(join(root, 'none'))).toEqual([]);
  });
});

describe('linuxVirtualisation', () => {
  it('tells bare metal, virtual machine and container apart', () => {
    expect(linuxVirtualisation(root, {})).toBe('none');
    tree({ 'sys/class/dmi/id/sys_vendor': 'Dell Inc.', 'sys/class/dmi/id/product_name': 'PowerEdge' });
    expect(linuxVirtualisation(root, {})).toBe('none');
    tree({ 'sys/class/dmi/id/sys_vendor': 'Amazon EC2', '.dockerenv': '' });
    expect(linuxVirtualisation(root, {})).toBe('virtual machine (Amazon EC2), container');
  });
});

describe('linuxSystem', () => {
  it('is what the distribution says of itself, and nothing where it does not', () => {
    expect(linuxSystem(root)).toBeNull();
    tree({ 'usr/lib/os-release': 'NAME=Alpine\nVERSION_ID=3.20.1' });
    expect(linuxSystem(root)).toBe('Alpine 3.20.1');
    tree({ 'etc/os-release': 'PRETTY_NAME="Arch"\nNAME="Arch Linux"\nID=arch' });
    expect(linuxSystem(root)).toBe('Arch Linux');
  });
});
