import type { RunRecord } from '../../../record/schema.ts';
import { calibrationColumns, calibrationRows, calibrations, recommendation } from '../../calibration.ts';
import type { Budget } from '../budget.ts';
import { folded, said, table, type Section } from '../parts.ts';
import { html } from '../template.ts';

/** What `bench calibrate` found on this machine; nothing where it never ran. */
export function calibrationSection(record: RunRecord, budget: Budget): Section | undefined {
  const known = calibrations(record);
  if (known.length === 0) return undefined;
  return {
    id: 'calibration',
    title: 'Noise of this machine',
    body: html`${known.slice(0, budget.workloads).map(({ title, calibration }) => html`<p>${said(`${title}; ${recommendation(calibration)}`, budget)}.</p>
${folded('By metric', table(calibrationColumns(calibration).map((each, index) => ({ title: each, numeric: index > 0 })), calibrationRows(calibration).map((row) => row.map((cell) => said(cell, budget))), budget))}`)}`,
    charts: [],
  };
}
