import type { RunRecord } from '../../record/schema.ts';
import { readinessMark, readinessViews } from '../readiness-rows.ts';
import { plain, truncate } from '../text.ts';
import { paragraph, type Canvas } from './paint.ts';

const MOST_ITEMS = 10;
const LONGEST = 200;

/** Each guide in one line, and what does not hold below it; the whole page is in the other reports. */
export function readinessLines(on: Canvas, record: RunRecord): string[] {
  const views = readinessViews(record);
  if (views.length === 0) return [];
  return [
    '',
    on.bold('Readiness'),
    ...views.flatMap(({ scenario, summary, measurable }) => {
      const wrong = measurable.filter(({ verdict }) => verdict === 'fail' || verdict === 'warning');
      return [
        ...paragraph(on, `${plain(scenario)}: ${summary}`, 2, 2),
        ...wrong.slice(0, MOST_ITEMS).flatMap(({ item, verdict, evidence }) => {
          const { word, tone } = readinessMark(verdict);
          return paragraph(on, `${word}  ${plain(item)}: ${truncate(plain(evidence.filter((each) => each.verdict === verdict).map(({ sentence }) => sentence).join('; ')), LONGEST)}`, 4, 4).map((line) => on.tone(tone, line));
        }),
        ...(wrong.length > MOST_ITEMS ? [on.dim(`    and ${wrong.length - MOST_ITEMS} more in the report`)] : []),
      ];
    }),
  ];
}
