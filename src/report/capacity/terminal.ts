import { layOut } from '../columns.ts';
import { plain, wrap } from '../text.ts';
import type { CapacityView, ViewTable } from './view.ts';

interface Paint {
  bold: (text: string) => string;
  dim: (text: string) => string;
}

/** For people at a terminal. */
export function viewText({ mark, sentence, facts, notes, tables }: CapacityView, width: number, { bold, dim }: Paint): string {
  const prose = (text: string): string[] => wrap(plain(text), width);
  return [
    ...prose(`${mark.word}  ${sentence}`).map((line, index) => (index === 0 ? line.replace(mark.word, () => bold(mark.word)) : line)),
    dim(plain(facts.map(([name, value]) => `${name} ${value}`).join(' · '))),
    ...notes.flatMap((note) => ['', ...prose(note)]),
    ...tables.flatMap((table) => ['', ...tableLines(table, width, { bold, dim })]),
    '',
  ].join('\n');
}

function tableLines({ title, columns, rows, notes }: ViewTable, width: number, { bold, dim }: Paint): string[] {
  const { heading, lines } = layOut(
    columns.map(({ title: name, right, keep }) => ({ title: name, align: right === true ? ('right' as const) : ('left' as const), ...(keep === undefined ? {} : { keep }) })),
    rows.map((row) => row.map(plain)),
    width - 2,
  );
  return [bold(title), dim(`  ${heading}`), ...lines.map((line) => `  ${line}`), ...notes.flatMap((note) => wrap(plain(note), width - 2).map((line) => dim(`  ${line}`)))];
}
