import type { RunRecord, WorkloadRecord } from '../record/schema.ts';
import { fails, FAULT_TITLES, reasonsOfTheRun } from './faults.ts';
import { plain, truncate } from './text.ts';
import { formatLimit, formatMaybe, metricPhrase } from './values.ts';
import { element, escapeXml } from './xml.ts';

/**
 * The run as JUnit XML, the form that Jenkins, GitLab, Azure and others read: one suite for a workload, one case for each limit and each
 * comparison. A suite has a failure or an error exactly where the exit code is not 0.
 */

type Outcome = { state: 'passed'; says: string } | { state: 'failed' | 'error'; type: string; says: string } | { state: 'skipped'; says: string };

interface Case {
  name: string;
  outcome: Outcome;
}

interface Suite {
  name: string;
  classname: string;
  properties: Record<string, string>;
  cases: Case[];
}

const LONGEST = 2_000;

export function renderJunit(record: RunRecord): string {
  const { run } = record;
  const suites = [...suitesOf(record), runSuite(record)];
  const all = suites.flatMap(({ cases }) => cases);
  const { tests, failures, errors } = counts(all);
  const root = element('testsuites', { name: 'readybench', tests, failures, errors, time: seconds(run.durationMs) }, suites.map((suite) => renderSuite(suite, run.startedAt)));
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`;
}

function suitesOf(record: RunRecord): Suite[] {
  return record.scenarios.flatMap((scenario) =>
    scenario.workloads.map((workload) => ({
      name: said(`${scenario.name}/${workload.name}`),
      classname: said(`readybench.${scenario.name}.${workload.name}`),
      properties: { kind: workload.kind, status: workload.status, target: scenario.target ?? 'none' },
      cases: casesOf(record, scenario.name, workload),
    })),
  );
}

/** What is not about one workload: that the run came to an end, and whatever else fails it. */
function runSuite(record: RunRecord): Suite {
  const { run } = record;
  const own = reasonsOfTheRun(record).map(({ kind, scenario, sentence }, index): Case => ({
    name: said(`${FAULT_TITLES[kind]}${scenario === null ? '' : `, ${scenario}`}${index === 0 ? '' : ` (${index + 1})`}`),
    outcome: { state: kind === 'no-baseline' || kind === 'sla' || kind === 'regression' ? 'failed' : 'error', type: kind, says: sentence },
  }));
  return {
    name: 'run',
    classname: 'readybench.run',
    properties: { id: run.id, profile: run.profile, verdict: record.verdict.status, exitCode: String(record.exitCode), command: run.command },
    cases: own.length > 0 ? own : [{ name: 'comes to a verdict', outcome: { state: 'passed', says: record.verdict.sentence } }],
  };
}

function casesOf(record: RunRecord, scenario: string, workload: WorkloadRecord): Case[] {
  const fault = (kind: 'sla' | 'regression' | 'invalid', metric: string | null): boolean => fails(record, { kind, scenario, workload: workload.name, metric });
  return [
    { name: 'measurement is valid', outcome: validityOf(workload, fault('invalid', null)) },
    ...workload.sla.map((result): Case => {
      const figure = `${formatMaybe(result.actual, result.unit)}, limit ${formatLimit(result)}, n = ${result.n}. ${result.sentence}`;
      const failed = fault('sla', result.metric) || fault('invalid', result.metric);
      const outcome: Outcome = result.verdict === 'pass' ? { state: 'passed', says: figure } : failed ? { state: 'failed', type: 'sla', says: figure } : { state: 'skipped', says: `${result.verdict}: ${figure}` };
      return { name: said(`SLA: ${metricPhrase(result.metric)} ${formatLimit(result)}`), outcome };
    }),
    ...checkCases(workload, (name) => record.verdict.reasons.some((reason) => reason.kind === 'sla' && reason.scenario === scenario && reason.sentence.startsWith(`${workload.name}: ${name}: `))),
    ...workload.comparison.filter(({ verdict }) => verdict !== 'advisory').map((result): Case => {
      const compared = result.verdict === 'same' || result.verdict === 'improved' || result.verdict === 'inconclusive';
      const failed = result.verdict === 'regression' && fault('regression', result.metric);
      const outcome: Outcome = failed ? { state: 'failed', type: 'regression', says: result.sentence } : compared ? { state: 'passed', says: result.sentence } : { state: 'skipped', says: `${result.verdict}: ${result.sentence}` };
      return { name: said(`baseline: ${metricPhrase(result.metric)}`), outcome };
    }),
    ...workload.notMeasured.map(({ what, reason, remedy }): Case => ({ name: said(`measured: ${what}`), outcome: { state: 'skipped', says: `${reason} ${remedy}` } })),
  ];
}

/** One case for each check of behaviour; one that does not hold fails where the verdict counts it against the run. */
function checkCases({ detail }: WorkloadRecord, counts: (name: string) => boolean): Case[] {
  if (detail.kind !== 'check') return [];
  return detail.checks.map(({ name, verdict, severity = 'critical', sentences }) => {
    const says = sentences.join('; ');
    const outcome: Outcome = verdict === 'pass' ? { state: 'passed', says } : counts(name) ? { state: 'failed', type: 'sla', says } : { state: 'skipped', says: `fail (${severity}): ${says}` };
    return { name: said(`check: ${name}`), outcome };
  });
}

function validityOf({ validity, status }: WorkloadRecord, failed: boolean): Outcome {
  const says = validity.findings.map(({ message, remedy }) => `${message} ${remedy}`).join('\n');
  if (failed) return { state: 'error', type: 'invalid', says: says || 'the measurement is not valid' };
  if (validity.status === 'invalid') return { state: 'skipped', says: `invalid, and --fail-on leaves that out: ${says}` };
  return status === 'measured' || status === 'partly-measured' ? { state: 'passed', says } : { state: 'skipped', says: status };
}

function renderSuite({ name, classname, properties, cases }: Suite, startedAt: string): string {
  const properly = Object.entries(properties).map(([key, value]) => element('property', { name: key, value: said(value) }));
  return element('testsuite', { name, ...counts(cases), timestamp: timestamp(startedAt) }, [element('properties', {}, properly), ...cases.map((each) => renderCase(classname, each))]);
}

function renderCase(classname: string, { name, outcome }: Case): string {
  const says = said(outcome.says);
  switch (outcome.state) {
    case 'passed':
      return element('testcase', { name, classname }, says === '' ? [] : [`<system-out>${escapeXml(says)}</system-out>`]);
    case 'skipped':
      // As text, which every reader takes: not every schema knows a message here.
      return element('testcase', { name, classname }, [`<skipped>${escapeXml(says)}</skipped>`]);
    case 'failed':
    case 'error':
      return element('testcase', { name, classname }, [element(outcome.state === 'failed' ? 'failure' : 'error', { message: says, type: outcome.type })]);
  }
}

function counts(cases: readonly Case[]): { tests: number; failures: number; errors: number; skipped: number } {
  const count = (state: Outcome['state']): number => cases.filter(({ outcome }) => outcome.state === state).length;
  return { tests: cases.length, failures: count('failed'), errors: count('error'), skipped: count('skipped') };
}

const seconds = (ms: number): string => (Math.max(0, ms) / 1_000).toFixed(3);

/** xs:dateTime without a zone, as the readers expect it; undefined where it is no date. */
function timestamp(iso: string): string | undefined {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString().slice(0, 19);
}

const said = (text: string): string => truncate(plain(text), LONGEST);
