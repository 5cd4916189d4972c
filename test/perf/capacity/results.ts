import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { machine } from '../performance-doc.ts';

/** One run of one case: what was found by the truth, and whether the interval held the truth. Null: nothing was found. */
export interface Outcome {
  ratio: number | null;
  covered: boolean;
}

/** With the machine it was measured on: parts may be gone on with on another. */
export type Kept = Outcome & { machine: string };

const FOLDER = fileURLToPath(new URL('../../../reports/perf-capacity/', import.meta.url));

/** Outcomes so far, kept between invocations: a part that was stopped goes on. `FRESH=1` forgets them. */
export class Results {
  readonly #file: string;
  readonly #all: Record<string, Kept[]>;

  constructor(part: string) {
    mkdirSync(FOLDER, { recursive: true });
    this.#file = `${FOLDER}${part}.json`;
    this.#all = existsSync(this.#file) && process.env['FRESH'] === undefined ? (JSON.parse(readFileSync(this.#file, 'utf8')) as Record<string, Kept[]>) : {};
  }

  of(name: string): readonly Kept[] {
    return this.#all[name] ?? [];
  }

  add(name: string, outcomes: readonly Outcome[]): void {
    this.#all[name] = [...this.of(name), ...outcomes.map((outcome) => ({ ...outcome, machine: machine() }))];
    writeFileSync(this.#file, JSON.stringify(this.#all));
  }

  /** Where all of it was measured, one line. */
  machines(): string {
    return [...new Set(Object.values(this.#all).flatMap((each) => each.map((kept) => kept.machine)))].join('\n');
  }
}

export interface Shares {
  runs: number;
  within: number;
  covered: number;
  median: number;
}

/** How often the rate was within 10 % of the truth, and how often the interval held it. */
export function sharesOf(outcomes: readonly Outcome[]): Shares {
  const ratios = outcomes.flatMap(({ ratio }) => ratio ?? []).sort((a, b) => a - b);
  return {
    runs: outcomes.length,
    within: ratios.filter((ratio) => Math.abs(ratio - 1) <= 0.1).length / outcomes.length,
    covered: outcomes.filter(({ covered }) => covered).length / outcomes.length,
    median: ratios[Math.floor(ratios.length / 2)] ?? Number.NaN,
  };
}

export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** Nine of ten, in both. */
export const meets = ({ within, covered }: Shares): boolean => within >= 0.9 && covered >= 0.9;
