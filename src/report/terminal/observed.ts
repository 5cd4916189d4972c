import type { RunRecord } from '../../record/schema.ts';
import type { Cell, Column } from '../columns.ts';
import { observedRows } from '../observed-rows.ts';
import { workloadViews } from '../run-view.ts';
import { plain, truncate } from '../text.ts';
import { grouped } from './grouped.ts';
import { dimCell, type Canvas } from './paint.ts';

const COLUMNS: readonly Column[] = [
  { title: 'series' },
  { title: 'take' },
  { title: 'figure', align: 'right' },
  { title: 'lowest', align: 'right', keep: 2 },
  { title: 'highest', align: 'right', keep: 3 },
  { title: 'query', keep: 1 },
];

/** What the service said of itself, one block for each workload. */
export function observedTable(on: Canvas, record: RunRecord): string[] {
  const groups = workloadViews(record).flatMap(({ title, workload }) => {
    const rows = observedRows(workload).map(({ name, take, figure, lowest, highest, query }): Cell[] => [plain(name), take, figure, lowest, highest, dimCell(on, truncate(plain(query), 40))]);
    return rows.length === 0 ? [] : [{ headings: [on.bold(truncate(plain(title), on.width))], rows }];
  });
  return groups.length === 0 ? [] : ['', on.bold('Read from the service'), ...grouped(on, COLUMNS, groups)];
}
