import { isAbsolute } from 'node:path';
import type { Reason, RunRecord } from '../record/schema.ts';
import { FAULT_TITLES } from './faults.ts';
import { otherWarnings } from './run-view.ts';
import { plain, truncate } from './text.ts';

/**
 * The verdict as workflow commands of GitHub Actions, one line each: errors for what fails the run, warnings for what does not. The
 * summary page of the job is the Markdown report. GitHub shows ten of each kind for a step: the last one counts the rest.
 */
const MOST = 10;
const LONGEST = 1_000;

export function renderAnnotations(record: RunRecord): string {
  const lines = [
    ...limited('error', record, record.verdict.reasons),
    ...limited('warning', record, otherWarnings(record).filter(({ kind }) => kind !== 'not-measured')),
    command('notice', { title: 'readybench' }, `${record.verdict.status.toUpperCase()}: ${record.verdict.sentence}`),
  ];
  return `${lines.join('\n')}\n`;
}

function limited(level: 'error' | 'warning', record: RunRecord, reasons: readonly Reason[]): string[] {
  const shown = reasons.length > MOST ? reasons.slice(0, MOST - 1) : reasons;
  const rest = reasons.length - shown.length;
  return [
    ...shown.map((reason) => command(level, { title: `readybench: ${FAULT_TITLES[reason.kind]}`, file: fileOf(record, reason) }, reason.sentence)),
    ...(rest > 0 ? [command(level, { title: 'readybench' }, `and ${rest} more in the report`)] : []),
  ];
}

/** The scenario's file where it lies in the repository: the annotation then stands beside it in a pull request. */
function fileOf(record: RunRecord, { scenario }: Reason): string | undefined {
  const file = record.scenarios.find(({ name }) => name === scenario)?.file;
  return file === undefined || isAbsolute(file) || file.startsWith('..') ? undefined : file;
}

/** `::error title=…,file=…::message`, escaped as GitHub's toolkit does it: nothing in a value can end it or begin another command. */
function command(level: 'error' | 'warning' | 'notice', properties: Record<string, string | undefined>, message: string): string {
  const pairs = Object.entries(properties).flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${escapeData(said(value)).replaceAll(':', '%3A').replaceAll(',', '%2C')}`]));
  return `::${level} ${pairs.join(',')}::${escapeData(said(message))}`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

const said = (text: string): string => truncate(plain(text), LONGEST);
