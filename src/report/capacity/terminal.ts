import type { CapacityRecord } from '../../record/capacity.ts';
import { layOut } from '../columns.ts';
import { plain } from '../text.ts';
import { capacityHeadline, capacityNotes, LEVEL_COLUMNS, levelRows } from './sentences.ts';

/** The search for people at a terminal. Plain text; `paint` colours the mark and the headings. */
export function capacityText(record: CapacityRecord, width: number, paint: { bold: (text: string) => string; dim: (text: string) => string }): string {
  const { mark, sentence } = capacityHeadline(record);
  const { heading, lines } = layOut(
    LEVEL_COLUMNS.map((title, index) => ({ title, align: [0, 3, 5, 6].includes(index) ? ('right' as const) : ('left' as const), ...(index === 5 ? { keep: 1 } : index === 3 ? { keep: 2 } : {}) })),
    levelRows(record),
    width - 2,
  );
  return [
    `${paint.bold(mark)}  ${plain(sentence)}`,
    paint.dim(plain(`${record.run.id} · ${record.scenario.name}/${record.workload} · target ${record.target ?? 'none'} · profile ${record.run.profile} · seed ${record.run.seed}`)),
    '',
    ...capacityNotes(record).map((note) => plain(note)),
    '',
    paint.bold('Levels'),
    paint.dim(`  ${heading}`),
    ...lines.map((line) => `  ${line}`),
    '',
  ].join('\n');
}
