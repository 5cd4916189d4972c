import { EXIT, EXIT_PRECEDENCE, type ExitCode } from '../errors.ts';
import { plural } from '../record/phrases.ts';
import type { Finding, Reason, ScenarioRecord, Verdict } from '../record/schema.ts';
import type { FailPolicy } from './policy.ts';
import { collectReasons } from './reasons.ts';

export interface RunOutcome {
  scenarios: readonly ScenarioRecord[];
  policy: FailPolicy;
  interrupted: 'SIGINT' | 'SIGTERM' | null;
  /** What ended the run or a workload of it before it was measured: kinds internal, usage, tool-missing, unreachable. */
  failures: readonly Reason[];
  /** What disturbed the machine while it was measured: a warning, for what passes in spite of it passes. */
  disturbed?: readonly Finding[];
}

const CODES: Readonly<Record<Reason['kind'], ExitCode>> = {
  internal: EXIT.internal,
  usage: EXIT.usage,
  'tool-missing': EXIT.toolMissing,
  unreachable: EXIT.unreachable,
  interrupted: EXIT.interrupted,
  invalid: EXIT.invalid,
  sla: EXIT.slaBreach,
  regression: EXIT.regression,
  'no-baseline': EXIT.regression,
  'not-measured': EXIT.pass,
};

/** Worst first. */
const ORDER: readonly Reason['kind'][] = ['internal', 'usage', 'tool-missing', 'unreachable', 'interrupted', 'invalid', 'sla', 'regression', 'no-baseline', 'not-measured'];

/**
 * Everything that was found → one verdict and the exit code of the contract. Pure.
 * A run that measured nothing is invalid whatever the policy; an interrupted one is never a pass.
 */
export function judgeRun(outcome: RunOutcome): { verdict: Verdict; exitCode: ExitCode } {
  const collected = collectReasons(outcome.scenarios, outcome.policy);
  const reasons = worstFirst([
    ...outcome.failures,
    ...(outcome.interrupted === null ? [] : [interruptedReason(outcome.scenarios)]),
    ...collected.filter(({ fails }) => fails).map(({ reason }) => reason),
    ...nothingMeasured(outcome, collected.some(({ fails, reason }) => fails && reason.kind === 'invalid')),
  ]);
  const warnings = worstFirst([...collected.filter(({ fails }) => !fails).map(({ reason }) => reason), ...(outcome.disturbed ?? []).map(disturbance)]);
  const exitCode = exitCodeOf(reasons, outcome.interrupted);
  const hidden = outcome.policy.on.has('invalid') ? undefined : invalidIn(outcome.scenarios, warnings);
  const status = statusOf(exitCode, hidden !== undefined);
  return { verdict: { status, sentence: sentenceOf(status, reasons, hidden, outcome.scenarios, warnings), reasons, warnings }, exitCode };
}

const disturbance = ({ message }: Finding): Reason => ({ kind: 'invalid', scenario: null, workload: null, metric: null, sentence: `the environment was disturbed: ${message}` });

/** A process that exits by this code; several at once: the contract's precedence. An interrupt yields only to a bug. */
function exitCodeOf(reasons: readonly Reason[], interrupted: RunOutcome['interrupted']): ExitCode {
  const earned = new Set(reasons.map(({ kind }) => CODES[kind]));
  if (earned.has(EXIT.internal)) return EXIT.internal;
  if (interrupted !== null) return interrupted === 'SIGTERM' ? EXIT.terminated : EXIT.interrupted;
  return EXIT_PRECEDENCE.find((code) => earned.has(code)) ?? EXIT.pass;
}

function statusOf(exitCode: ExitCode, hiddenInvalid: boolean): Verdict['status'] {
  switch (exitCode) {
    case EXIT.pass:
      return hiddenInvalid ? 'invalid' : 'pass';
    case EXIT.slaBreach:
    case EXIT.regression:
      return 'fail';
    case EXIT.invalid:
      return 'invalid';
    case EXIT.interrupted:
    case EXIT.terminated:
      return 'interrupted';
    case EXIT.usage:
    case EXIT.unreachable:
    case EXIT.toolMissing:
    case EXIT.internal:
      return 'error';
  }
}

function worstFirst(reasons: readonly Reason[]): Reason[] {
  return [...reasons].sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
}

function interruptedReason(scenarios: readonly ScenarioRecord[]): Reason {
  const workloads = scenarios.flatMap((scenario) => scenario.workloads);
  const done = workloads.filter(({ status }) => status === 'measured' || status === 'partly-measured').length;
  return { kind: 'interrupted', scenario: null, workload: null, metric: null, sentence: `interrupted with ${done} of ${plural(workloads.length, 'workload')} measured` };
}

function nothingMeasured({ scenarios, failures, interrupted }: RunOutcome, saidAlready: boolean): Reason[] {
  const measured = scenarios.some((scenario) => scenario.workloads.some((workload) => workload.metrics.length > 0));
  if (measured || saidAlready || failures.length > 0 || interrupted !== null) return [];
  const why = scenarios.flatMap((scenario) => scenario.workloads.flatMap((workload) => workload.notMeasured)).at(0);
  return [{ kind: 'invalid', scenario: null, workload: null, metric: null, sentence: `nothing was measured${why === undefined ? '' : `: ${why.what}: ${why.reason}`}` }];
}

/** The reason why a run is not valid although the policy does not fail it for that. */
function invalidIn(scenarios: readonly ScenarioRecord[], warnings: readonly Reason[]): Reason | undefined {
  const invalid = new Set(scenarios.flatMap(({ name, workloads }) => workloads.filter(({ validity, metrics, notMeasured }) => validity.status === 'invalid' || (metrics.length === 0 && notMeasured.length === 0)).map((workload) => `${name}/${workload.name}`)));
  return warnings.find(({ kind, scenario, workload }) => kind === 'invalid' && invalid.has(`${scenario}/${workload}`));
}

function sentenceOf(status: Verdict['status'], reasons: readonly Reason[], hidden: Reason | undefined, scenarios: readonly ScenarioRecord[], warnings: readonly Reason[]): string {
  const [first, ...others] = reasons;
  const worst = others.length === 0 ? `${first?.sentence}` : `${first?.sentence.replace(/\.$/, '')}; and ${plural(others.length, 'more reason')}`;
  switch (status) {
    case 'pass':
      return passPhrase(scenarios, warnings);
    case 'fail':
      return worst;
    case 'invalid':
      return first === undefined ? `${hidden?.sentence} (--fail-on leaves that out)` : worst;
    case 'interrupted':
      return `${first?.sentence}; what was measured is kept and is no verdict`;
    case 'error':
      return worst;
  }
}

function passPhrase(scenarios: readonly ScenarioRecord[], warnings: readonly Reason[]): string {
  const workloads = scenarios.flatMap((scenario) => scenario.workloads);
  const limits = [...workloads.flatMap(({ sla }) => sla), ...scenarios.flatMap(({ host }) => host?.sla ?? [])];
  const checks = workloads.flatMap(({ detail }) => (detail.kind === 'check' ? detail.checks : []));
  const passed = checks.filter(({ verdict }) => verdict === 'pass').length;
  const met = limits.filter(({ verdict }) => verdict === 'pass').length;
  // What has words of its own in the sentence is not counted once more among the warnings.
  const told = warnings.filter(({ kind }) => kind !== 'no-baseline' && kind !== 'not-measured');
  const notMeasured = warnings.length - told.length - warnings.filter(({ kind }) => kind === 'no-baseline').length;
  const compared = workloads.flatMap(({ comparison }) => comparison).filter(({ verdict }) => verdict === 'same' || verdict === 'improved' || verdict === 'inconclusive').length;
  const parts = [
    ...(checks.length === 0 ? [] : [passed === checks.length ? `${plural(checks.length, 'check')} passed` : `${passed} of ${plural(checks.length, 'check')} passed`]),
    limits.length === 0 ? 'no limits set' : `${met} of ${plural(limits.length, 'limit')} met`,
    compared === 0 ? 'nothing to compare with' : `no regression in ${plural(compared, 'metric')} compared`,
    ...(notMeasured === 0 ? [] : [`${notMeasured} not measured`]),
    ...(told.length === 0 ? [] : [plural(told.length, 'warning')]),
  ];
  return parts.join(', ');
}
