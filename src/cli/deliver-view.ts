import { writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { viewHtml } from '../report/capacity/html.ts';
import { viewMarkdown } from '../report/capacity/markdown.ts';
import { viewText } from '../report/capacity/terminal.ts';
import type { CapacityView } from '../report/capacity/view.ts';
import { colours } from './colours.ts';
import { print } from './deliver.ts';

/** Writes the reports beside the record and prints the result: for people, or the record alone with `--json`. */
export async function deliverView(view: CapacityView, record: object, dir: string, json: boolean): Promise<void> {
  const stem = join(dir, view.file.replace(/\.json$/, ''));
  await writeFile(`${stem}.md`, viewMarkdown(view));
  await writeFile(`${stem}.html`, viewHtml(view));
  if (json) return print(process.stdout, `${JSON.stringify(record, null, 1)}\n`);
  const { bold, dim } = colours(process.stdout);
  const files = ['.html', '.md', '.json'].map((ending) => relative(process.cwd(), `${stem}${ending}`) || `${stem}${ending}`);
  return print(process.stdout, `${viewText(view, process.stdout.columns || 100, { bold, dim })}\nreport     ${files.join('\n           ')}\n`);
}
