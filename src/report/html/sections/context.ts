import type { RunRecord } from '../../../record/schema.ts';
import { allNotMeasured, incompleteWorkloads, mergedFindings, otherWarnings } from '../../run-view.ts';
import { formatNumber } from '../../../units.ts';
import { plural } from '../../values.ts';
import type { Budget } from '../budget.ts';
import { facts, folded, listing, mark, said, table, type ColumnSpec, type Section } from '../parts.ts';
import { html, type Html, type HtmlValue } from '../template.ts';

/** What stands around the figures: gaps, doubts, the machine, the scenario, the command. */

export function notMeasuredSection(record: RunRecord, budget: Budget): Section | undefined {
  const rows = [
    ...allNotMeasured(record).map((each) => [html`<b>${said(each.what, budget)}</b>`, said(each.title, budget), said(each.reason, budget), said(each.remedy, budget)]),
    ...incompleteWorkloads(record).map(({ title, sentence }) => [html`<b>${said(title, budget)}</b>`, '', sentence, '']),
  ];
  if (rows.length === 0) return undefined;
  const columns: ColumnSpec[] = [{ title: 'what' }, { title: 'workload' }, { title: 'reason', role: 'prose' }, { title: 'remedy', role: 'prose' }];
  return { id: 'not-measured', title: 'Not measured', tone: 'muted', body: table(columns, rows, budget), charts: [] };
}

export function warningsSection(record: RunRecord, budget: Budget): Section | undefined {
  const findings = mergedFindings(record).map(({ severity, title, message, remedy, rounds }): HtmlValue[] => [
    mark(severity === 'invalid' ? { word: 'invalid', tone: 'bad' } : { word: 'warning', tone: 'warn' }),
    said(title, budget),
    html`${said(message, budget)}${rounds.length > 0 && ` (${rounds.length === 1 ? 'round' : 'rounds'} ${rounds.map((round) => round + 1).join(', ')})`}`,
    said(remedy, budget),
  ]);
  const others = otherWarnings(record).map(({ workload, sentence }): HtmlValue[] => [mark({ word: 'warning', tone: 'warn' }), said(workload ?? '', budget), said(sentence, budget), '']);
  const rows = [...findings, ...others];
  if (rows.length === 0) return undefined;
  const columns: ColumnSpec[] = [{ title: 'severity' }, { title: 'workload' }, { title: 'finding', role: 'prose' }, { title: 'remedy', role: 'prose' }];
  return { id: 'warnings', title: 'Warnings', tone: mergedFindings(record).some(({ severity }) => severity === 'invalid') ? 'bad' : 'warn', body: table(columns, rows, budget), charts: [] };
}

export function environmentSection(record: RunRecord, budget: Budget): Section {
  const pairs = (values: RunRecord['environment']['hard']): [string, string][] =>
    Object.entries(values).slice(0, budget.rows).map(([key, value]) => [said(key, { text: 60 }), value === null ? 'none' : typeof value === 'number' ? formatNumber(value) : said(value, budget)]);
  const { tools } = record.run;
  const { ffmpeg, k6 } = tools;
  return {
    id: 'environment',
    title: 'Environment and tools',
    body: html`<h3>Machine</h3><p class="note">A difference here means another machine: times do not compare.</p>${facts([...pairs(record.environment.hard), ['fingerprint', html`<code>${said(record.environment.hash, budget)}</code>`]])}
<h3>System</h3>${facts(pairs(record.environment.soft))}
<h3>Tools</h3>${facts([
      ['readybench', said(tools.readybench, budget)],
      ['node', said(tools.node, budget)],
      ['ffmpeg', ffmpeg === null ? 'not used' : html`${said(ffmpeg.version, budget)}<br><code>${said(ffmpeg.path, budget)}</code>`],
      ...(k6 === undefined ? [] : [['k6', html`${said(k6.version, budget)}, ${plural(k6.segments, 'segment')}${k6.path !== '' && html`<br><code>${said(k6.path, budget)}</code>`}`] as const]),
    ])}${ffmpeg !== null && folded('How ffmpeg was built', listing(said(ffmpeg.configuration, budget)))}`,
    charts: [],
  };
}

export function scenariosSection(record: RunRecord, budget: Budget): Section {
  return {
    id: 'scenario',
    title: record.scenarios.length === 1 ? 'Scenario' : 'Scenarios',
    body: html`${record.scenarios.slice(0, budget.workloads).map((scenario) => html`${folded(html`${said(scenario.name, { text: 120 })} <small>${said(scenario.file, { text: 200 })}</small>`, html`${listing(source(scenario.source, budget))}<p class="note">Content ${html`<code>${said(scenario.sha256, budget).slice(0, 16)}</code>`}; secrets are references, never values.</p>`, record.scenarios.length === 1)}`)}`,
    charts: [],
  };
}

export function reproduceSection(record: RunRecord, budget: Budget): Section {
  return {
    id: 'reproduce',
    title: 'Reproduce',
    body: html`${listing(said(record.run.command, { text: Math.max(2_000, budget.text) }))}<p class="note">Exit code ${record.exitCode}. ${exitMeaning(record.exitCode)}</p>`,
    charts: [],
  };
}

function source(text: string, budget: Budget): string {
  return text.length <= budget.source ? text : `${text.slice(0, budget.source)}\n… cut here; the whole of it is in result.json`;
}

function exitMeaning(code: number): Html | string {
  const meanings: Record<number, string> = { 0: 'Pass.', 1: 'A limit was broken.', 2: 'The scenario or the command line is wrong.', 3: 'A regression against the baseline.', 4: 'The run is invalid.', 5: 'The target could not be reached.', 6: 'A tool is missing.', 70: 'An internal error.', 130: 'Interrupted.', 143: 'Terminated.' };
  return meanings[code] ?? '';
}
