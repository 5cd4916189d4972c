import { writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { BenchError, EXIT } from '../errors.ts';
import type { RunRecord } from '../record/schema.ts';
import { isReporterName, plannedReports, type ReporterName, REPORTERS } from '../report/reporters.ts';
import { wantsColour } from './colours.ts';

/** The reporters that were asked for; an unknown one is a usage error. */
export function reporterNames(asked: readonly string[]): ReporterName[] {
  return asked.map((name) => {
    if (isReporterName(name)) return name;
    throw new BenchError(EXIT.usage, `unknown reporter "${name}"`, { hint: `there are ${Object.keys(REPORTERS).join(', ')}` });
  });
}

/** Renders a record: files into the run's folder, the rest to the terminal. Resolves to the files' paths as a person would type them. */
export async function deliver(record: RunRecord, names: readonly ReporterName[], dir: string): Promise<string[]> {
  const files: string[] = [];
  for (const { reporter, destination } of plannedReports(names)) {
    const stream = destination.to === 'stderr' ? process.stderr : process.stdout;
    const text = reporter.render(record, { color: wantsColour(stream), width: stream.columns || 100, files });
    if (destination.to === 'file') {
      const path = join(dir, destination.name);
      await writeFile(path, text);
      files.push(relative(process.cwd(), path) || path);
    } else {
      await print(stream, text);
    }
  }
  return files;
}

/** Resolves once the text has left the process: a record of megabytes goes through a pipe in pieces. */
export function print(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve) => {
    // A reader that went away (`| head`) is no failure of ours.
    stream.once('error', () => resolve());
    stream.write(text, () => resolve());
  });
}
