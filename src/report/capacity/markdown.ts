import type { CapacityRecord } from '../../record/capacity.ts';
import { capacityHeadline, capacityNotes, LEVEL_COLUMNS, levelRows } from './sentences.ts';

/** The search as Markdown. */
export function capacityMarkdown(record: CapacityRecord): string {
  const { mark, sentence } = capacityHeadline(record);
  const row = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`;
  return [
    `# Capacity of ${record.scenario.name}/${record.workload}: ${mark}`,
    '',
    `**${sentence}**`,
    '',
    `Run ${record.run.id}, target ${record.target ?? 'none'}, profile ${record.run.profile}, seed ${record.run.seed}, readybench ${record.run.readybench}.`,
    '',
    ...capacityNotes(record).flatMap((note) => [note, '']),
    row(LEVEL_COLUMNS),
    row(LEVEL_COLUMNS.map(() => '---')),
    ...levelRows(record).map(row),
    '',
    `Reproduce: \`${record.run.command}\``,
    '',
  ].join('\n');
}
