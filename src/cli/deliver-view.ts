import { join, relative } from 'node:path';
import { BenchError, EXIT, reasonOf } from '../errors.ts';
import { writeAtomic } from '../record/atomic.ts';
import { viewHtml } from '../report/capacity/html.ts';
import { viewMarkdown } from '../report/capacity/markdown.ts';
import { viewText } from '../report/capacity/terminal.ts';
import type { CapacityView } from '../report/capacity/view.ts';
import { colours } from './colours.ts';
import { print } from './deliver.ts';

/**
 * Writes the reports beside the record and prints the result: for people, or the record alone with `--json`. Throws a BenchError (2) where
 * a report could not be written, once the result is printed.
 */
export async function deliverView(view: CapacityView, record: object, dir: string, json: boolean): Promise<void> {
  const stem = join(dir, view.file.replace(/\.json$/, ''));
  const written = [`${stem}.json`];
  let failed: { file: string; error: unknown } | null = null;
  for (const [file, text] of [[`${stem}.md`, viewMarkdown(view)], [`${stem}.html`, viewHtml(view)]] as const) {
    try {
      await writeAtomic(file, text);
      written.unshift(file);
    } catch (error) {
      failed = { file, error };
    }
  }
  if (json) {
    await print(process.stdout, `${JSON.stringify(record, null, 1)}\n`);
  } else {
    const { bold, dim } = colours(process.stdout);
    const files = written.map((file) => relative(process.cwd(), file) || file);
    await print(process.stdout, `${viewText(view, process.stdout.columns || 100, { bold, dim })}\nreport     ${files.join('\n           ')}\n`);
  }
  if (failed !== null) {
    throw new BenchError(EXIT.usage, `the report could not be written to ${failed.file}: ${reasonOf(failed.error)}`, { hint: `the record itself is kept in ${stem}.json; free some space, or choose another folder with --out DIR`, cause: failed.error });
  }
}
