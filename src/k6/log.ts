import type { Finding } from '../record/schema.ts';
import { HEALTH_LIMITS } from '../load/health.ts';
import { formatShare } from '../units.ts';

/** What processes of k6 said in their logs and in no exit code: k6 ends with 0 after both. */
export interface LogFacts {
  /** Iterations that an exception ended, and what one of them said. */
  threw: number;
  exception: string;
  /** Points that could not be written, and why not. */
  lost: number;
  obstacle: string;
}

/** k6 puts this into the log of an iteration that threw; what a script logs by itself has source=console. */
const THREW = /level=error msg="((?:[^"\\]|\\.)*)".* executor=\S+.* scenario=/;
const LOST = /msg="Sample\(s\) couldn't be marshalled to JSON" error="((?:[^"\\]|\\.)*)" failed=(\d+)/;

/** Reads logs (logfmt, as k6 writes them where there is no terminal) line by line. */
export class LogReader {
  readonly #facts: LogFacts = { threw: 0, exception: '', lost: 0, obstacle: '' };

  readonly line = (text: string): void => {
    const facts = this.#facts;
    const lost = LOST.exec(text);
    if (lost !== null) {
      facts.lost += Number(lost[2]);
      facts.obstacle ||= lost[1] ?? '';
      return;
    }
    const threw = text.includes('source=console') ? null : THREW.exec(text);
    if (threw === null) return;
    facts.threw += 1;
    facts.exception ||= (threw[1] ?? '').replaceAll(String.raw`\"`, '"').split(String.raw`\n`)[0] ?? '';
  };

  facts(): LogFacts {
    return this.#facts;
  }
}

/** A script that throws is done in part, its checks included; a point that is not there can be the slowest. @param iterations that were begun. Pure. */
export function logFindings({ threw, exception, lost, obstacle }: LogFacts, iterations: number): Finding[] {
  return [
    ...(lost === 0 ? [] : [{ severity: 'invalid' as const, code: 'k6-points-lost', message: `k6 could not write ${lost} points: ${obstacle}.`, remedy: 'Make room where temporary files lie (TMPDIR), and run again: what is missing can be the slowest.' }]),
    ...exceptionFindings(threw, exception, iterations),
  ];
}

/** @param exception what one of them said */
export function exceptionFindings(threw: number, exception: string, iterations: number): Finding[] {
  if (threw === 0) return [];
  const all = Math.max(iterations, threw);
  return [
    {
      severity: threw / all > HEALTH_LIMITS.droppedShare ? 'invalid' : 'warning',
      code: 'k6-exceptions',
      message: `An exception ended ${threw} of ${all} iterations (${formatShare(threw / all)}): ${exception}.`,
      remedy: 'What comes after it in the script was not done, checks included: correct the script, or catch what may happen.',
    },
  ];
}
