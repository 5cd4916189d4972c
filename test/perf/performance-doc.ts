import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';

const pathOf = (page: string): string => fileURLToPath(new URL(`../../docs/${page}.md`, import.meta.url));
const TITLE = '# Performance\n\nMeasured figures, each written here by the script that measured it.\n';

/** Replaces one section of a page of docs/ (or adds it): `## heading`, where and when it was measured, then `body`. The others stay. */
export function writeSection(key: string, heading: string, body: string, { page = 'performance', where = `${machine()}; load average at the end ${loadNow()}.` }: { page?: string; where?: string } = {}): void {
  const path = pathOf(page);
  const before = existsSync(path) ? readFileSync(path, 'utf8') : TITLE;
  writeFileSync(path, replaceSection(before, key, `## ${heading}\n\n${where}\n\n${body.trim()}`));
}

/** The text with the section between `<!-- perf:key -->` and `<!-- /perf:key -->` replaced, or added at its end. Pure. */
export function replaceSection(text: string, key: string, section: string): string {
  const [open, close] = [`<!-- perf:${key} -->`, `<!-- /perf:${key} -->`];
  const block = `${open}\n${section}\n${close}`;
  const [from, to] = [text.indexOf(open), text.indexOf(close)];
  if (from === -1 || to < from) return `${text.trimEnd()}\n\n${block}\n`;
  return text.slice(0, from) + block + text.slice(to + close.length);
}

/** This machine and today's date. */
export function machine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  return `${availableParallelism()} cores (${model}), Node ${process.version}, ${process.platform}, ${new Date().toISOString().slice(0, 10)}`;
}

const loadNow = (): string => loadavg()[0]?.toFixed(1) ?? 'unknown';

export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
