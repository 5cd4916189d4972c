import type { RunRecord } from '../../record/schema.ts';
import { approveCommand } from '../approve-command.ts';
import { calibrations, recommendation } from '../calibration.ts';
import { runMark } from '../marks.ts';
import { allNotMeasured, failsOnlyBy, incompleteWorkloads, mergedFindings, otherReasons, otherWarnings, wantsBaseline } from '../run-view.ts';
import { displayWidth, plain, truncate } from '../text.ts';
import { plural } from '../values.ts';
import { formatMs } from '../../units.ts';
import { canvas, paragraph, type Canvas } from './paint.ts';
import { hostTable } from './host.ts';
import { readinessLines } from './readiness.ts';
import { observedTable } from './observed.ts';
import { changesTable, checkTable, encodeTable, jobTable, slaTable } from './tables.ts';

export interface TerminalOptions {
  color: boolean;
  /** Columns of the terminal; between 60 and 120 are used. */
  width: number;
  /** Where the other reports lie, as a person would type them. */
  files: readonly string[];
}

const MOST_REASONS = 5;
/** A sentence that carries text of the service can be any length; the whole of it is in the record. */
const LONGEST_SENTENCE = 400;
const LONGEST_TITLE = 60;

const sentence = (text: string): string => truncate(plain(text), LONGEST_SENTENCE);
const name = (text: string): string => truncate(plain(text), LONGEST_TITLE);

/** The run at a glance: verdict and reason first, then the tables, then what to do next. Ends with a line break. */
export function renderTerminal(record: RunRecord, options: TerminalOptions): string {
  const on = canvas(options);
  const lines = [
    ...banner(on, record),
    ...slaTable(on, record),
    ...changesTable(on, record),
    ...calibrated(on, record),
    ...encodeTable(on, record),
    ...jobTable(on, record),
    ...observedTable(on, record),
    ...hostTable(on, record),
    ...checkTable(on, record),
    ...readinessLines(on, record),
    ...notMeasured(on, record),
    ...warnings(on, record),
    ...closing(on, record, options.files),
  ];
  return `${lines.join('\n')}\n`;
}

function banner(on: Canvas, record: RunRecord): string[] {
  const mark = runMark(record);
  const badge = on.badge(mark);
  const said = sentence(record.verdict.sentence);
  const [first = '', ...more] = paragraph(on, said, displayWidth(badge) + 2);
  const reasons = otherReasons(record).map((reason) => sentence(reason.sentence));
  const { run } = record;
  const facts = [plain(run.id), `profile ${plain(run.profile)}`, plural(run.rounds, 'round'), formatMs(run.durationMs), `seed ${run.seed}`];
  return [
    `${badge}  ${first.trimStart()}`,
    ...more,
    ...reasons.slice(0, MOST_REASONS).flatMap((each) => paragraph(on, `- ${each}`, 2, 2)),
    ...(reasons.length > MOST_REASONS ? [on.dim(`  and ${reasons.length - MOST_REASONS} more in the report`)] : []),
    on.dim(truncate(facts.join(' · '), on.width)),
  ];
}

function calibrated(on: Canvas, record: RunRecord): string[] {
  return calibrations(record).flatMap(({ title, calibration }) => paragraph(on, sentence(`${title}; ${recommendation(calibration)}`), 2, 2).map(on.dim));
}

function notMeasured(on: Canvas, record: RunRecord): string[] {
  const merged = new Map<string, { what: string; reason: string; remedy: string; titles: string[] }>();
  for (const { what, reason, remedy, title } of allNotMeasured(record)) {
    const known = merged.get(JSON.stringify([what, reason])) ?? { what, reason, remedy, titles: [] };
    known.titles.push(name(title));
    merged.set(JSON.stringify([what, reason]), known);
  }
  const incomplete = incompleteWorkloads(record);
  if (merged.size + incomplete.length === 0) return [];
  return [
    '',
    on.bold('Not measured'),
    ...[...merged.values()].flatMap(({ what, reason, remedy, titles }) => [
      ...paragraph(on, `${name(what)} (${titles.join(', ')}): ${sentence(reason)}`, 2, 2),
      ...paragraph(on, `Remedy: ${sentence(remedy)}`, 4).map(on.dim),
    ]),
    ...incomplete.flatMap((each) => paragraph(on, `${name(each.title)}: ${each.sentence}`, 2, 2)),
  ];
}

function warnings(on: Canvas, record: RunRecord): string[] {
  const findings = mergedFindings(record).flatMap(({ severity, title, message, remedy, rounds }) => {
    const where = rounds.length === 0 ? '' : ` (${rounds.length === 1 ? 'round' : 'rounds'} ${rounds.map((round) => round + 1).join(', ')})`;
    return [
      ...paragraph(on, `${name(title)}: ${sentence(message)}${where}`, 2, 2).map((line) => on.tone(severity === 'invalid' ? 'bad' : 'warn', line)),
      ...paragraph(on, `Remedy: ${sentence(remedy)}`, 4).map(on.dim),
    ];
  });
  const others = otherWarnings(record).flatMap((warning) => paragraph(on, sentence(warning.sentence), 2, 2));
  const insecure = record.run.insecureTls ? paragraph(on, 'TLS certificates were not verified (--insecure).', 2, 2) : [];
  const doubles = record.scenarios.flatMap(({ workloads }) => workloads).filter(({ testDouble }) => testDouble === true);
  const standIns = doubles.flatMap((workload) => paragraph(on, `${name(workload.name)} was measured on a stand-in for the real device: its figures are no results.`, 2, 2));
  const lines = [...findings, ...others, ...insecure, ...standIns];
  return lines.length === 0 ? [] : ['', on.bold('Warnings'), ...lines];
}

function closing(on: Canvas, record: RunRecord, files: readonly string[]): string[] {
  const next = nextStep(record);
  // Paths and commands stay whole: they are there to be copied.
  return [
    '',
    ...files.map((file, index) => `${on.dim(index === 0 ? 'reports    ' : '           ')}${plain(file)}`),
    `${on.dim('reproduce  ')}${plain(record.run.command)}`,
    ...(next === undefined ? [] : [`${on.dim('next       ')}${next}`]),
  ];
}

function nextStep(record: RunRecord): string | undefined {
  if (wantsBaseline(record)) return plain(approveCommand(record, '"first run on this machine"'));
  if (!record.verdict.reasons.some(({ kind }) => kind === 'regression')) return undefined;
  const paired = record.scenarios.some(({ workloads }) => workloads.some(({ against }) => against !== undefined));
  if (paired) return 'see report.html for both sides; a paired run is never a baseline';
  return failsOnlyBy(record, 'regression', 'no-baseline') ? `see report.html; where the change is wanted: ${plain(approveCommand(record, '…'))}` : 'see report.html';
}
