import { startControl, stolenTicks, type Control } from '../host/control.ts';
import type { ControlRecord, Finding } from '../record/schema.ts';
import type { Releases } from './workspace.ts';

/** The control workload of a run: measured before every round, whatever else is measured. */
export class ControlLog {
  readonly #control: Control;
  readonly #startedTicks = stolenTicks();
  readonly #rounds: ControlRecord['rounds'] = [];

  private constructor(control: Control) {
    this.#control = control;
  }

  static async open(releases: Releases): Promise<ControlLog> {
    const control = await startControl();
    releases.add(() => control.close());
    return new ControlLog(control);
  }

  async measure(): Promise<void> {
    this.#rounds.push(await this.#control.measure());
  }

  /** Everything so far, and what the hypervisor took since the start. */
  record(): Omit<ControlRecord, 'findings'> {
    const now = stolenTicks();
    const then = this.#startedTicks;
    const all = now === null || then === null ? 0 : now.all - then.all;
    return { rounds: [...this.#rounds], stealShare: now === null || then === null || all === 0 ? null : (now.stolen - then.stolen) / all };
  }
}

/** What the record keeps of the control; null where it did not run. */
export function controlRecord(log: ControlLog | null, findings: Finding[]): ControlRecord | null {
  return log === null ? null : { ...log.record(), findings };
}
