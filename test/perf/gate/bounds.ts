/** What the page promises, each held against what was measured; a missed one ends the script with 1. */
export class Bounds {
  #missed = 0;

  get missed(): boolean {
    return this.#missed > 0;
  }

  /** `held`, or `**missed**`. */
  check(met: boolean): string {
    if (!met) this.#missed += 1;
    return met ? 'held' : '**missed**';
  }
}

export const percent = (share: number, digits = 2): string => `${(100 * share).toFixed(digits)} %`;
