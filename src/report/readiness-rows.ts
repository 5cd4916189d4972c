import type { ReadinessItem, ReadinessVerdict, RunRecord } from '../record/schema.ts';
import type { Mark } from './marks.ts';
import { formatCount } from './values.ts';

const MARKS: Record<ReadinessVerdict, Mark> = {
  pass: { word: 'holds', tone: 'good' },
  warning: { word: 'warning', tone: 'warn' },
  fail: { word: 'does not hold', tone: 'bad' },
  undecided: { word: 'undecided', tone: 'warn' },
  'not-measured': { word: 'not measured', tone: 'muted' },
  'not-measurable': { word: 'not measurable from outside', tone: 'muted' },
};

export const readinessMark = (verdict: ReadinessVerdict): Mark => MARKS[verdict];

/** One guide of one system. */
export interface ReadinessView {
  scenario: string;
  guide: string;
  measurable: readonly ReadinessItem[];
  /** By the reason why nothing from outside can decide them. */
  others: { why: string; items: string[] }[];
  /** `21 hold, 1 does not hold, 6 not measured; 38 not measurable from outside` */
  summary: string;
}

export function readinessViews(record: RunRecord): ReadinessView[] {
  return record.scenarios.flatMap(({ name, readiness }) => {
    if (readiness === undefined) return [];
    const measurable = readiness.items.filter(({ verdict }) => verdict !== 'not-measurable');
    const others = new Map<string, string[]>();
    for (const { item, verdict, evidence } of readiness.items) {
      if (verdict !== 'not-measurable') continue;
      const why = evidence[0]?.sentence ?? '';
      others.set(why, [...(others.get(why) ?? []), item]);
    }
    return [{ scenario: name, guide: readiness.guide, measurable, others: [...others].map(([why, items]) => ({ why, items })), summary: summaryOf(readiness.items) }];
  });
}

const WORDS: readonly (readonly [ReadinessVerdict, string, string])[] = [
  ['fail', 'does not hold', 'do not hold'],
  ['warning', 'with a warning', 'with a warning'],
  ['undecided', 'undecided', 'undecided'],
  ['pass', 'holds', 'hold'],
  ['not-measured', 'not measured', 'not measured'],
  ['not-measurable', 'not measurable from outside', 'not measurable from outside'],
];

function summaryOf(items: readonly ReadinessItem[]): string {
  return WORDS.flatMap(([verdict, one, many]) => {
    const count = items.filter((each) => each.verdict === verdict).length;
    return count === 0 ? [] : [`${formatCount(count)} ${count === 1 ? one : many}`];
  }).join(', ');
}
