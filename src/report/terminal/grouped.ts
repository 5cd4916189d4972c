import { layOut, type Cell, type Column } from '../columns.ts';
import type { Canvas } from './paint.ts';

export const INDENT = 2;

/** Rows under headings, all columns of all groups aligned with each other. */
export function grouped(on: Canvas, columns: readonly Column[], groups: readonly { headings: string[]; rows: Cell[][] }[]): string[] {
  const { heading, lines } = layOut(columns, groups.flatMap(({ rows }) => rows), on.width - INDENT);
  const indent = ' '.repeat(INDENT);
  let at = 0;
  return [
    on.dim(indent + heading),
    ...groups.flatMap(({ headings, rows }) => {
      const block = [...headings, ...lines.slice(at, at + rows.length).map((line) => indent + line)];
      at += rows.length;
      return block;
    }),
  ];
}
