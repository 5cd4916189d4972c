import { appendFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { BenchError, EXIT, reasonOf } from '../errors.ts';
import type { RunRecord } from '../record/schema.ts';
import { RecordNotWritten } from '../record/store.ts';
import { type Destination, isReporterName, plannedReports, REPORTER_NAMES, type ReporterName } from '../report/reporters.ts';
import { wantsColour } from './colours.ts';

/** The reporters that were asked for; an unknown one is a usage error. */
export function reporterNames(asked: readonly string[]): ReporterName[] {
  return asked.map((name) => {
    if (isReporterName(name)) return name;
    throw new BenchError(EXIT.usage, `unknown reporter "${name}"`, { hint: `there are ${REPORTER_NAMES.join(', ')}` });
  });
}

/** The same with `--json`: the record in place of the terminal's report. */
export function reportersOf({ reporter, json }: { reporter: readonly string[]; json?: true }): ReporterName[] {
  const names = reporterNames(reporter);
  return json === true ? [...new Set<ReporterName>(['json', ...names.filter((name) => name !== 'terminal')])] : names;
}

/** Renders a record: files into the run's folder, the rest to the terminal. Resolves to the files' paths as a person would type them. */
export async function deliver(record: RunRecord, names: readonly ReporterName[], dir: string): Promise<string[]> {
  const files: string[] = [];
  for (const { render, destination, applies } of plannedReports(names)) {
    if (applies?.(record) === false) continue;
    const stream = destination.to === 'stderr' ? process.stderr : process.stdout;
    const text = render(record, { color: wantsColour(stream), width: stream.columns || 100, files });
    switch (destination.to) {
      case 'file':
      case 'append': {
        const path = await written(destination, dir, text);
        files.push(relative(process.cwd(), path) || path);
        break;
      }
      case 'stdout':
      case 'stderr':
        await print(stream, text);
    }
  }
  return files;
}

async function written(destination: Extract<Destination, { name: string }>, dir: string, text: string): Promise<string> {
  const given = destination.to === 'append' ? process.env[destination.variable] : undefined;
  const path = given === undefined || given === '' ? join(dir, destination.name) : given;
  try {
    // Another step's summary may stand there already; a report of ours is replaced.
    await (path === given ? appendFile : writeFile)(path, text);
  } catch (error) {
    throw new BenchError(EXIT.usage, `the report could not be written to ${path}: ${reasonOf(error)}`, { hint: 'the record itself is kept; bench report renders it again', cause: error });
  }
  return path;
}

/** A record that could not be written goes to stdout: what was measured is not lost with it. */
export async function printUnwritten(thrown: unknown): Promise<void> {
  if (thrown instanceof RecordNotWritten) await print(process.stdout, thrown.json);
}

/** Resolves once the text has left the process: a record of megabytes goes through a pipe in pieces. */
export function print(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve) => {
    // What comes of a write that fails, main.ts decides.
    stream.write(text, () => resolve());
  });
}
