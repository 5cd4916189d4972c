import { EXIT, type ExitCode } from '../errors.ts';
import type { ToolResolver } from '../host/tools.ts';
import type { ControlRecord, Environment, RunRecord, RunTools, ScenarioRecord, Verdict } from '../record/schema.ts';
import { openRunFolder, type RunFolder } from '../record/store.ts';
import { assemble, scenarioRecord, type RunFacts } from './assemble.ts';
import type { ReadyScenario } from './preflight.ts';
import { Redaction } from './redaction.ts';
import type { RunRequest } from './request.ts';

export interface LedgerOptions {
  request: RunRequest;
  /** Highest number of rounds of any scenario. */
  rounds: number;
  secrets: ReadonlySet<string>;
  environment: Environment;
  git: RunRecord['run']['git'];
  tools: ToolResolver;
}

/** What a record says until the run has come to its verdict: whoever finds it then knows that the run was killed. */
const UNFINISHED: Verdict = { status: 'interrupted', sentence: 'Unfinished: the run is still going on, or it was killed', reasons: [], warnings: [] };

/** The run's record while it grows, and its folder. */
export class Ledger {
  readonly #folder: RunFolder;
  readonly #options: LedgerOptions;
  readonly #startedAt: Date;
  readonly #redaction: Redaction;
  #ready: readonly ReadyScenario[] = [];
  #control: ControlRecord | null = null;

  private constructor(folder: RunFolder, options: LedgerOptions, startedAt: Date, redaction: Redaction) {
    this.#folder = folder;
    this.#options = options;
    this.#startedAt = startedAt;
    this.#redaction = redaction;
  }

  /** Makes the run's folder. Throws a BenchError where it cannot be made. */
  static async open(options: LedgerOptions): Promise<Ledger> {
    const { request, secrets } = options;
    const startedAt = new Date();
    const redaction = new Redaction(secrets);
    const redact = (record: RunRecord): RunRecord => redaction.record(record);
    const folder = await openRunFolder({ reportsDir: request.reportsDir, out: request.out, redact, now: startedAt });
    return new Ledger(folder, options, startedAt, redaction);
  }

  get id(): string {
    return this.#folder.id;
  }

  get startedAt(): Date {
    return this.#startedAt;
  }

  /** What has been used so far. */
  get tools(): RunTools {
    const { request, tools } = this.#options;
    const { ffmpeg, k6: found } = tools.used();
    const k6 = request.engine?.tool ?? (found === null ? null : { ...found, segments: 1 });
    return { readybench: request.version, node: process.versions.node, ffmpeg, ...(k6 === null ? {} : { k6 }) };
  }

  get dir(): string {
    return this.#folder.dir;
  }

  /** A value that must be in no artefact. */
  keepSecret(value: string): void {
    this.#redaction.add(value);
  }

  /** From here on, what these have measured is part of the record. */
  measures(ready: readonly ReadyScenario[]): void {
    this.#ready = ready;
  }

  /** From here on, what the control saw is part of the record. */
  controls(control: ControlRecord | null): void {
    this.#control = control;
  }

  /** What has been measured so far. */
  scenarios(interrupted: boolean): ScenarioRecord[] {
    return this.#ready.map((each) => scenarioRecord(each, interrupted));
  }

  /** Writes the record as it stands. */
  async keep(): Promise<void> {
    const progress = { status: 'running', endedAt: null, durationMs: this.#sinceStart(), verdict: UNFINISHED, exitCode: EXIT.interrupted } as const;
    await this.#folder.write(assemble(this.#facts(), progress, this.scenarios(false)));
  }

  /** Writes the last state and yields it as it was stored: without secrets. A complete run becomes `latest`; `notes` say where that failed. */
  async finish(status: 'complete' | 'interrupted' | 'failed', scenarios: readonly ScenarioRecord[], judged: { verdict: Verdict; exitCode: ExitCode }): Promise<{ record: RunRecord; notes: string[] }> {
    const record = assemble(this.#facts(), { status, endedAt: new Date(), durationMs: this.#sinceStart(), ...judged }, scenarios);
    await this.#folder.write(record);
    const note = status === 'complete' ? await this.#folder.publish() : null;
    return { record: this.#redaction.record(record), notes: note === null ? [] : [note] };
  }

  #sinceStart(): number {
    return Date.now() - this.#startedAt.getTime();
  }

  #facts(): RunFacts {
    const { request, rounds, environment, git } = this.#options;
    return {
      environment,
      control: this.#control,
      run: {
        id: this.#folder.id,
        startedAt: this.#startedAt.toISOString(),
        profile: request.profile,
        seed: request.seed,
        rounds,
        command: request.command,
        insecureTls: request.insecureTls,
        git,
        tools: this.tools,
      },
    };
  }
}
