import type { RunRecord } from '../../record/schema.ts';
import { runMark } from '../marks.ts';
import { workloadViews } from '../run-view.ts';
import { BUDGETS, MOST_BYTES, type Budget } from './budget.ts';
import { pageOf } from './frame.ts';
import { anchor, said, type Section } from './parts.ts';
import { banner } from './sections/banner.ts';
import { calibrationSection } from './sections/calibration.ts';
import { comparisonSection } from './sections/comparison.ts';
import { environmentSection, notMeasuredSection, reproduceSection, scenariosSection, warningsSection } from './sections/context.ts';
import { hostSections } from './sections/host.ts';
import { readinessSections } from './sections/readiness.ts';
import { slaSection } from './sections/sla.ts';
import { workloadSection } from './sections/workload.ts';
import { html } from './template.ts';

/**
 * The run as one HTML file that needs nothing else: no network, and no script for the verdict. At most 1.5 MB, for which
 * long series are thinned and long lists cut, in steps.
 */
export function renderHtml(record: RunRecord): string {
  let page = '';
  for (const budget of BUDGETS) {
    page = render(record, budget);
    if (Buffer.byteLength(page) <= MOST_BYTES) break;
  }
  return page;
}

function render(record: RunRecord, budget: Budget): string {
  const sections = sectionsOf(record, budget);
  const title = `${runMark(record).word}: ${said(record.verdict.sentence, { text: 120 })}`;
  const footer = `Made by readybench ${said(record.run.tools.readybench, { text: 40 })}. All figures, histograms and series are in result.json beside this file.`;
  return pageOf({ title, banner: banner(record, budget), bannerName: 'Verdict', sections, footer });
}

function sectionsOf(record: RunRecord, budget: Budget): Section[] {
  const views = workloadViews(record);
  const left = views.length - budget.workloads;
  const more: Section | undefined = left > 0 ? { id: 'more', title: `${left} more workloads`, body: html`<p class="note">Left out to keep this file small; they are in result.json.</p>`, charts: [] } : undefined;
  return [
    slaSection(record, budget),
    ...readinessSections(record, budget),
    comparisonSection(record, budget),
    notMeasuredSection(record, budget),
    warningsSection(record, budget),
    ...views.slice(0, budget.workloads).map((view, index) => workloadSection(view, anchor('workload', index), budget)),
    more,
    calibrationSection(record, budget),
    ...hostSections(record, budget),
    environmentSection(record, budget),
    scenariosSection(record, budget),
    reproduceSection(record, budget),
  ].filter((section) => section !== undefined);
}
