import { displayWidth, pad, truncate } from './text.ts';

/** One column of a plain table. */
export interface Column {
  title: string;
  align?: 'left' | 'right';
  /** Left out first where the table is too wide; the lowest goes first. Without it the column always stays. */
  keep?: number;
}

/** A cell: its text, and how it is painted once the width is known. */
export type Cell = string | { text: string; paint: (text: string) => string };

const GAP = '  ';
const NARROWEST = 8;

/**
 * Aligned columns no wider than `width`: columns that may go are left out, then the first one is cut.
 * Returns the heading line and one line a row, without line breaks.
 */
export function layOut(columns: readonly Column[], rows: readonly (readonly Cell[])[], width: number): { heading: string; lines: string[] } {
  const text = (cell: Cell | undefined): string => (cell === undefined ? '' : typeof cell === 'string' ? cell : cell.text);
  const widths = columns.map((column, index) => Math.max(displayWidth(column.title), ...rows.map((row) => displayWidth(text(row[index])))));
  let kept = columns.map((_, index) => index);
  const total = (): number => kept.reduce((sum, index) => sum + (widths[index] ?? 0), 0) + GAP.length * (kept.length - 1);
  const first = widths[0] ?? 0;
  while (total() - first + Math.min(first, NARROWEST * 2) > width) {
    const candidates = kept.filter((index) => columns[index]?.keep !== undefined).sort((a, b) => (columns[a]?.keep ?? 0) - (columns[b]?.keep ?? 0));
    const [goes] = candidates;
    if (goes === undefined) break;
    kept = kept.filter((index) => index !== goes);
  }
  if (total() > width) widths[0] = Math.max(NARROWEST, first - (total() - width));

  const line = (cells: readonly Cell[]): string =>
    kept
      .map((index, place) => {
        const cell = cells[index];
        const cut = truncate(text(cell), widths[index] ?? 0);
        const align = columns[index]?.align ?? 'left';
        const padded = place === kept.length - 1 && align === 'left' ? cut : pad(cut, widths[index] ?? 0, align);
        return cell === undefined || typeof cell === 'string' ? padded : padded.replace(cut, () => cell.paint(cut));
      })
      .join(GAP)
      .trimEnd();
  return { heading: line(columns.map(({ title }) => title)), lines: rows.map(line) };
}
