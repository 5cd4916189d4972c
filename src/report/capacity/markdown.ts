import { plain } from '../text.ts';
import type { CapacityView, ViewTable } from './view.ts';

/** As Markdown. */
export function viewMarkdown({ title, mark, sentence, facts, notes, tables, command, file }: CapacityView): string {
  return [
    `# ${plain(title)}: ${mark.word}`,
    '',
    `**${plain(sentence)}**`,
    '',
    `${facts.map(([name, value]) => `${name} ${plain(value)}`).join(', ')}.`,
    '',
    ...notes.flatMap((note) => [plain(note), '']),
    ...tables.flatMap(tableLines),
    `Reproduce: \`${plain(command)}\`. All figures are in ${file}.`,
    '',
  ].join('\n');
}

function tableLines({ title, columns, rows, notes }: ViewTable): string[] {
  const row = (cells: readonly string[]): string => `| ${cells.map((cell) => plain(cell).replaceAll('|', String.raw`\|`)).join(' | ')} |`;
  return [`## ${plain(title)}`, '', row(columns.map(({ title: name }) => name)), row(columns.map(({ right }) => (right === true ? '---:' : '---'))), ...rows.map(row), '', ...notes.flatMap((note) => [plain(note), ''])];
}
