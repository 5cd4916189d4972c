import { readdirSync, readFileSync } from 'node:fs';

/** The process that encodes into this file, found as a person would: by its command line. */
export function pidOfEncode(outputPath: string): number {
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const words = readFileSync(`/proc/${entry}/cmdline`, 'utf8').split('\0');
      if (words.includes(`file:${outputPath}`)) return Number(entry);
    } catch {
      // Ended meanwhile.
    }
  }
  throw new Error(`no process encodes into ${outputPath}`);
}
