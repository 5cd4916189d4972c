import type { ComparisonResult, Reason, ScenarioRecord, SlaResult, WorkloadRecord } from '../record/schema.ts';
import { plural } from '../record/phrases.ts';
import type { Severity } from '../record/limits.ts';
import { failsOn, type FailPolicy } from './policy.ts';

/** A reason, and whether it fails the run under the policy. */
export interface Judged {
  fails: boolean;
  reason: Reason;
}

/** Everything that speaks against the run, in the order of the record. */
export function collectReasons(scenarios: readonly ScenarioRecord[], policy: FailPolicy): Judged[] {
  return scenarios.flatMap((scenario) => [
    ...scenario.workloads.flatMap((workload) => ofWorkload(scenario.name, workload, policy)),
    ...ofHost(scenario, policy),
    ...withoutBaseline(scenario, policy),
    ...lost(scenario, policy),
    ...drifted(scenario),
  ]);
}

function ofWorkload(scenario: string, workload: WorkloadRecord, policy: FailPolicy): Judged[] {
  const judged = (kind: Reason['kind'], fails: boolean, sentence: string, metric: string | null = null): Judged => ({
    fails,
    reason: { kind, scenario, workload: workload.name, metric, sentence: `${workload.name}: ${sentence}` },
  });
  return [
    ...validityOf(workload).map(({ invalid, sentence }) => judged('invalid', invalid && policy.on.has('invalid'), sentence)),
    ...failedChecks(workload, policy).map(({ fails, sentence }) => judged('sla', fails, sentence)),
    ...workload.sla.flatMap((result) => ofLimit(result, workload, policy).map(({ kind, fails }) => judged(kind, fails, result.sentence, result.metric))),
    ...workload.comparison.flatMap((result) => (worse(result) ? [judged('regression', result.verdict === 'regression' && result.waived === undefined && policy.on.has('regression'), result.sentence, result.metric)] : [])),
    ...workload.notMeasured.map(({ what, reason, remedy }) => judged('not-measured', false, `${what} was not measured: ${reason}${/[.!?]$/.test(reason) ? '' : '.'} ${remedy}`)),
  ];
}

/** A check of behaviour that does not hold counts as a limit that is broken. */
function failedChecks({ detail }: WorkloadRecord, policy: FailPolicy): { fails: boolean; sentence: string }[] {
  if (detail.kind !== 'check') return [];
  return detail.checks
    .filter(({ verdict, severity = 'critical' }) => verdict === 'fail' && isTold(policy, severity))
    .map(({ name, sentences, severity = 'critical' }) => ({ fails: failsOn(policy, severity), sentence: `${name}: ${sentences.join('; ')}` }));
}

/** What is for information is shown where it stands, and is neither a reason nor a warning unless it was asked for. */
const isTold = (policy: FailPolicy, severity: Severity): boolean => severity !== 'info' || failsOn(policy, severity);

function validityOf({ validity, metrics, notMeasured, status }: WorkloadRecord): { invalid: boolean; sentence: string }[] {
  // One reason for each kind of trouble, not one for every round that had it.
  const kinds = new Map(validity.findings.toReversed().map((finding) => [`${finding.severity} ${finding.code}`, finding]));
  const found = [...kinds.values()].toReversed().map(({ severity, message }) => ({ invalid: severity === 'invalid', sentence: message }));
  if (validity.status === 'invalid' && !found.some(({ invalid }) => invalid)) found.push({ invalid: true, sentence: 'the measurement is not valid' });
  const unexplained = metrics.length === 0 && notMeasured.length === 0 && status !== 'interrupted' && !found.some(({ invalid }) => invalid);
  return unexplained ? [...found, { invalid: true, sentence: 'nothing was measured' }] : found;
}

/** States of this machine that were not to be: they are of the scenario as a whole. */
function ofHost({ name, host }: ScenarioRecord, policy: FailPolicy): Judged[] {
  // That a run was shorter than an alert is long is no fault of either; it stands with the limits.
  return (host?.sla ?? []).filter(({ verdict }) => verdict !== 'too-few-samples').flatMap((result) => ofLimit(result, { notMeasured: [] }, policy).map(({ kind, fails }) => ({ fails, reason: { kind, scenario: name, workload: null, metric: result.metric, sentence: `this machine: ${result.sentence}` } })));
}

function ofLimit({ verdict, severity, metric, waived }: SlaResult, { notMeasured }: Pick<WorkloadRecord, 'notMeasured'>, policy: FailPolicy): { kind: Reason['kind']; fails: boolean }[] {
  if (!isTold(policy, severity)) return [];
  const counts = failsOn(policy, severity);
  switch (verdict) {
    case 'pass':
      return [];
    case 'breach':
      return [{ kind: 'sla', fails: counts && waived === undefined }];
    case 'undecided':
    case 'too-few-samples':
      return (counts || severity === 'critical') && policy.strict ? [{ kind: 'invalid', fails: true }] : [{ kind: 'sla', fails: false }];
    case 'not-measured':
      // What could not be measured at all is listed once, by its own reason, and not again for every limit on it.
      return notMeasured.some(({ what }) => metric.includes(`=${what}`)) ? [] : [{ kind: 'not-measured', fails: false }];
  }
}

/** A warning, never a failure: a drift is seen over many runs, and no single one of them is to blame. */
function drifted({ name, notes = [] }: ScenarioRecord): Judged[] {
  return notes.filter(({ kind }) => kind === 'drift').map(({ workload, metric, sentence }) => ({ fails: false, reason: { kind: 'regression', scenario: name, workload, metric, sentence } }));
}

const worse = ({ verdict, suspected }: ComparisonResult): boolean => verdict === 'regression' || suspected;

/** What was measured before and is not any more: who asks that everything be compared must not lose it silently. One reason for a scenario. */
function lost({ name, workloads }: ScenarioRecord, policy: FailPolicy): Judged[] {
  const missing = workloads.flatMap((workload) => workload.comparison.filter(({ verdict }) => verdict === 'not-measured').map(({ sentence }) => `${workload.name}: ${sentence}`));
  const [first] = missing;
  if (first === undefined) return [];
  const fails = policy.on.has('no-baseline');
  const rest = missing.length === 1 ? '' : `; and ${plural(missing.length - 1, 'more metric')}`;
  return [{ fails, reason: { kind: fails ? 'no-baseline' : 'not-measured', scenario: name, workload: null, metric: null, sentence: `${first}${rest}` } }];
}

/** One reason for a scenario, not one for every metric. */
function withoutBaseline(scenario: ScenarioRecord, policy: FailPolicy): Judged[] {
  const results = scenario.workloads.flatMap((workload) => workload.comparison);
  const missing = results.filter(({ verdict }) => verdict === 'no-baseline' || verdict === 'not-comparable');
  const [first] = missing;
  if (first === undefined) return [];
  const some = missing.length < results.filter(({ verdict }) => verdict !== 'advisory' && verdict !== 'not-measured').length;
  return [
    {
      fails: policy.on.has('no-baseline'),
      reason: { kind: 'no-baseline', scenario: scenario.name, workload: null, metric: null, sentence: `${scenario.name}: ${some ? `${plural(missing.length, 'metric')} without a baseline: ` : ''}${first.sentence}` },
    },
  ];
}
