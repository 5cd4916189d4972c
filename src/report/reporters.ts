import type { RunRecord } from '../record/schema.ts';
import { renderHtml } from './html/page.ts';
import { renderMarkdown } from './markdown.ts';
import { renderTerminal } from './terminal/summary.ts';

/** What a report may know beside the record: only how and where it will be read. */
export interface ReportOptions {
  color: boolean;
  /** Columns of the terminal. */
  width: number;
  /** Where the reports of this run lie, as a person would type them. */
  files: readonly string[];
}

export type ReporterName = 'terminal' | 'json' | 'markdown' | 'html';

/** A stream, or a file of this name in the folder of the run. */
export type Destination = { to: 'stdout' | 'stderr' } | { to: 'file'; name: string };

export interface Reporter {
  destination: Destination;
  /** Pure; ends with a line break. */
  render(record: RunRecord, options: ReportOptions): string;
}

/** Every report there is: adding one is a name and a line here. */
export const REPORTERS: Readonly<Record<ReporterName, Reporter>> = {
  terminal: { destination: { to: 'stdout' }, render: renderTerminal },
  json: { destination: { to: 'stdout' }, render: (record) => `${JSON.stringify(record, null, 2)}\n` },
  markdown: { destination: { to: 'file', name: 'report.md' }, render: renderMarkdown },
  html: { destination: { to: 'file', name: 'report.html' }, render: renderHtml },
};

export function isReporterName(name: string): name is ReporterName {
  return Object.hasOwn(REPORTERS, name);
}

/** What to render and where to, files first; beside `json` nothing else goes to stdout. */
export function plannedReports(names: readonly ReporterName[]): { name: ReporterName; reporter: Reporter; destination: Destination }[] {
  const chosen = [...new Set(names)];
  return chosen
    .map((name) => {
      const reporter = REPORTERS[name];
      const moved = name !== 'json' && reporter.destination.to === 'stdout' && chosen.includes('json');
      return { name, reporter, destination: moved ? ({ to: 'stderr' } as const) : reporter.destination };
    })
    .sort((a, b) => Number(b.destination.to === 'file') - Number(a.destination.to === 'file'));
}
