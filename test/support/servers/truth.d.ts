export function normalQuantile(p: number): number;
export function lognormalQuantile(distribution: { medianMs: number; sigma: number }, p: number): number;
export function lognormalCycle(options: { medianMs: number; sigma: number; size: number; seed: number }): number[];
