import { createRedactor, type Redactor } from '../record/redact.ts';
import type { RunRecord } from '../record/schema.ts';

/** Redaction by secrets that the run comes to know while it goes on: those of its environment, then tokens it was given. */
export class Redaction {
  readonly #secrets: Set<string>;
  #redactor: Redactor | null = null;

  constructor(secrets: Iterable<string>) {
    this.#secrets = new Set(secrets);
  }

  add(secret: string): void {
    if (this.#secrets.has(secret)) return;
    this.#secrets.add(secret);
    this.#redactor = null;
  }

  record(record: RunRecord): RunRecord {
    this.#redactor ??= createRedactor(this.#secrets);
    return this.#redactor.record(record);
  }
}
