export function normalQuantile(p: number): number;
export function lognormalQuantile(distribution: { medianMs: number; sigma: number }, p: number): number;
export function lognormalCycle(options: { medianMs: number; sigma: number; size: number; seed: number }): number[];
export function lognormalCycleQuantile(distribution: { medianMs: number; sigma: number; size: number }, p: number): number;
