import type { RunRecord } from '../../record/schema.ts';
import type { Column } from '../columns.ts';
import { hostNote, hostRows } from '../host-rows.ts';
import { hostViews } from '../run-view.ts';
import { plain, truncate } from '../text.ts';
import { grouped } from './grouped.ts';
import type { Canvas } from './paint.ts';

const COLUMNS: readonly Column[] = [{ title: 'what' }, { title: 'mean', align: 'right' }, { title: 'worst', align: 'right' }];

/** This machine while it was measured. */
export function hostTable(on: Canvas, record: RunRecord): string[] {
  return hostViews(record).flatMap(({ title, host }) => {
    const rows = hostRows(host).map(({ what, mean, worst }) => [plain(what), mean, worst]);
    return rows.length === 0 ? [] : ['', `${on.bold(truncate(plain(title.replace(/^t/, 'T')), on.width))}  ${on.dim(hostNote(host))}`, ...grouped(on, COLUMNS, [{ headings: [], rows }])];
  });
}
