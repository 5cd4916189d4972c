import type { CapacityRecord } from '../../record/capacity.ts';
import type { Tone } from '../marks.ts';
import { formatTime } from '../values.ts';
import { latencyOverRate, trialsInOrder } from './search-charts.ts';
import { capacityHeadline, capacityNotes, LEVEL_COLUMNS, levelRows } from './search-sentences.ts';
import type { CapacityView } from './view.ts';

const TONES: Record<ReturnType<typeof capacityHeadline>['mark'], Tone> = { FOUND: 'good', 'NOT FOUND': 'bad', UNFINISHED: 'warn' };
const RIGHT = new Set<string>(['rate', 'completed', 'in flight', 'machine busy']);
const KEEP: Partial<Record<string, number>> = { 'in flight': 1, completed: 2, trials: 3, 'machine busy': 4 };

/** A search for the highest rate. Pure. `resume`: what to type behind `--resume` to go on with it. */
export function searchView(record: CapacityRecord, resume = record.run.id): CapacityView {
  const { mark, sentence } = capacityHeadline(record);
  const { run, scenario, workload, target, environment } = record;
  return {
    title: `Capacity of ${scenario.name}/${workload}`,
    mark: { word: mark, tone: record.verification !== null && record.verification.kept !== true ? 'warn' : TONES[mark] },
    sentence,
    notes: capacityNotes(record, resume),
    facts: [['run', run.id], ['started', formatTime(run.startedAt)], ['target', target ?? 'none'], ['profile', `${run.profile}, seed ${run.seed}`], ['machine', environment.hash.slice(0, 12)]],
    tables: [
      {
        title: 'Levels',
        columns: LEVEL_COLUMNS.map((title) => ({ title, ...(RIGHT.has(title) ? { right: true } : {}), ...(KEEP[title] === undefined ? {} : { keep: KEEP[title] }), ...(title === 'verdict' ? { role: 'outcome' as const } : {}) })),
        rows: levelRows(record),
        notes: [],
      },
    ],
    charts: [...latencyOverRate(record), ...trialsInOrder(record)],
    file: 'capacity.json',
    command: run.command,
    readybench: run.readybench,
  };
}
