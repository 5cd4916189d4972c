/**
 * Quantities as people write them (`200ms`, `1%`, `50/s`, `5MB`, `2Mbit/s`) and as the code carries them.
 * One direction is `parse…` (text → number, or `undefined` when it is not such a quantity), the other `format…`.
 */

const DURATION_MS: Record<string, number> = { us: 0.001, µs: 0.001, μs: 0.001, ms: 1, s: 1_000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 };
const PER_SECONDS: Record<string, number> = { s: 1, m: 60, min: 60, h: 3_600, d: 86_400 };
const BYTES: Record<string, number> = { B: 1, kB: 1e3, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, TiB: 1024 ** 4 };
const BITS: Record<string, number> = { '': 1, k: 1e3, M: 1e6, G: 1e9 };

/** What a product of decimal figures was meant to be: 15 digits, without the last bits of binary arithmetic; no figure beyond the finite. */
function exact(value: number): number | undefined {
  return Number.isFinite(value) ? Number(value.toPrecision(15)) : undefined;
}

const NUMBER = String.raw`(\d+(?:\.\d+)?|\.\d+)`;

/** `1h30m`, `1.5s`, `200ms`, `50us` → milliseconds. */
export function parseDurationMs(text: string): number | undefined {
  if (!/^(?:(?:\d+(?:\.\d+)?|\.\d+)(?:us|µs|μs|ms|s|min|m|h|d))+$/.test(text)) return undefined;
  let totalMs = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?|\.\d+)(us|µs|μs|ms|s|min|m|h|d)/g)) {
    totalMs += Number(amount) * (DURATION_MS[unit ?? ''] ?? Number.NaN);
  }
  return exact(totalMs);
}

/** `50/s`, `3000/m`, `500/d` → per second. */
export function parseRatePerSecond(text: string): number | undefined {
  const match = new RegExp(`^${NUMBER}/(s|min|m|h|d)$`).exec(text);
  return match === null ? undefined : exact(Number(match[1]) / (PER_SECONDS[match[2] ?? ''] ?? Number.NaN));
}

/** `1%` → 0.01. */
export function parseShare(text: string): number | undefined {
  const match = new RegExp(`^${NUMBER}%$`).exec(text);
  return match === null ? undefined : exact(Number(match[1]) / 100);
}

/** `5MB`, `64KiB`, `100B` → bytes. */
export function parseBytes(text: string): number | undefined {
  const match = new RegExp(`^${NUMBER}([kKMGT]i?B|B)$`).exec(text);
  const unit = BYTES[match?.[2] ?? ''];
  return match === null || unit === undefined ? undefined : exact(Number(match[1]) * unit);
}

/** `2Mbit/s`, `800kbit/s`, `2M`, `800k` (as ffmpeg writes it) → bits per second. */
export function parseBitsPerSecond(text: string): number | undefined {
  const match = new RegExp(`^${NUMBER}([kMG]?)(bit/s|b/s)?$`).exec(text);
  if (match === null || (match[2] === '' && match[3] === undefined)) return undefined;
  return exact(Number(match[1]) * (BITS[match[2] ?? ''] ?? Number.NaN));
}

/** The value to three significant digits: which form it is written in is decided after rounding, so that 999.7 ms is `1.00 s`. */
function rounded(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}

/** Digits a person needs: three significant ones, none of them noise. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(rounded(value));
  if (size >= 100 || Number.isInteger(value)) return (Math.round(value) + 0).toLocaleString('en-US');
  if (size >= 10) return value.toFixed(1);
  if (size >= 1) return value.toFixed(2);
  return Number(value.toPrecision(2)).toString();
}

/** 0.35 → `0.35 ms`, 1500 → `1.50 s`, 90000 → `1 min 30 s`. */
export function formatMs(ms: number): string {
  if (!Number.isFinite(ms)) return String(ms);
  const size = Math.abs(ms);
  if (rounded(size) < 1_000) return `${formatNumber(ms)} ms`;
  if (rounded(size / 1_000) < 60) return `${formatNumber(ms / 1_000)} s`;
  const seconds = Math.round(ms / 1_000);
  const [hours, minutes, rest] = [Math.trunc(seconds / 3_600), Math.trunc((seconds % 3_600) / 60), seconds % 60];
  return [hours > 0 ? `${hours} h` : '', minutes > 0 ? `${minutes} min` : '', rest > 0 ? `${rest} s` : ''].filter(Boolean).join(' ');
}

export function formatShare(share: number): string {
  return `${formatNumber(share * 100)} %`;
}

export function formatBytes(bytes: number): string {
  const scales: [string, number][] = [['GB', 1e9], ['MB', 1e6], ['kB', 1e3]];
  const [unit, size] = scales.find(([, each]) => rounded(Math.abs(bytes) / each) >= 1) ?? ['B', 1];
  return `${formatNumber(bytes / size)} ${unit}`;
}
