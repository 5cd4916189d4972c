import type { RunRecord } from '../record/schema.ts';
import { renderAnnotations } from './github.ts';
import { renderHtml } from './html/page.ts';
import { renderJunit } from './junit.ts';
import { renderMarkdown } from './markdown.ts';
import { renderOpenMetrics } from './openmetrics.ts';
import { renderReadinessHtml } from './readiness-html.ts';
import { renderReadinessMarkdown } from './readiness-markdown.ts';
import { hasGuide } from './readiness-rows.ts';
import { renderTerminal } from './terminal/summary.ts';

/** What a report may know beside the record: only how and where it will be read. */
export interface ReportOptions {
  color: boolean;
  /** Columns of the terminal. */
  width: number;
  /** Where the reports of this run lie, as a person would type them. */
  files: readonly string[];
}

export type ReporterName = 'terminal' | 'json' | 'markdown' | 'html' | 'junit' | 'openmetrics' | 'github' | 'readiness';

/** A stream; a file of this name in the folder of the run; or the file that a variable of the environment names, added to its end, and where it is not set a file in the folder of the run. */
export type Destination = { to: 'stdout' | 'stderr' } | { to: 'file'; name: string } | { to: 'append'; variable: string; name: string };

/** One thing to render and where it goes. */
export interface Output {
  destination: Destination;
  /** Pure; ends with a line break. */
  render: (record: RunRecord, options: ReportOptions) => string;
  /** Whether there is anything to say of this record; left out: always. */
  applies?: (record: RunRecord) => boolean;
}

/** Every report there is: adding one is a name and a line here. */
export const REPORTERS: Readonly<Record<ReporterName, readonly Output[]>> = {
  terminal: [{ destination: { to: 'stdout' }, render: renderTerminal }],
  json: [{ destination: { to: 'stdout' }, render: (record) => `${JSON.stringify(record, null, 2)}\n` }],
  markdown: [{ destination: { to: 'file', name: 'report.md' }, render: renderMarkdown }],
  html: [{ destination: { to: 'file', name: 'report.html' }, render: renderHtml }],
  junit: [{ destination: { to: 'file', name: 'junit.xml' }, render: renderJunit }],
  openmetrics: [{ destination: { to: 'file', name: 'openmetrics.txt' }, render: renderOpenMetrics }],
  github: [
    { destination: { to: 'append', variable: 'GITHUB_STEP_SUMMARY', name: 'summary.md' }, render: renderMarkdown },
    { destination: { to: 'stdout' }, render: renderAnnotations },
  ],
  readiness: [
    { destination: { to: 'file', name: 'readiness.md' }, render: renderReadinessMarkdown, applies: hasGuide },
    { destination: { to: 'file', name: 'readiness.html' }, render: renderReadinessHtml, applies: hasGuide },
  ],
};

export const REPORTER_NAMES: readonly string[] = Object.keys(REPORTERS);

export function isReporterName(name: string): name is ReporterName {
  return Object.hasOwn(REPORTERS, name);
}

/** What to render and where to, files first; beside `json` nothing else goes to stdout. */
export function plannedReports(names: readonly ReporterName[]): (Output & { name: ReporterName })[] {
  const chosen = [...new Set(names)];
  return chosen
    .flatMap((name) => REPORTERS[name].map((output) => ({ name, ...output })))
    .map((planned) => {
      const moved = planned.name !== 'json' && planned.destination.to === 'stdout' && chosen.includes('json');
      return moved ? { ...planned, destination: { to: 'stderr' } as const } : planned;
    })
    .sort((a, b) => Number(isStream(a.destination)) - Number(isStream(b.destination)));
}

function isStream({ to }: Destination): boolean {
  return to === 'stdout' || to === 'stderr';
}
