import type { EncodeJob } from '../../../record/schema.ts';
import { formatMs } from '../../../units.ts';
import { formatLabels } from '../../values.ts';
import type { Budget } from '../budget.ts';
import type { BatchView } from '../encode-charts.ts';
import { percentOf, said } from '../parts.ts';
import { html, type Html } from '../template.ts';

/** Jobs drawn with plain elements: they need no script and scale with the page. */

/** Up to this many columns have room for their figure. */
const MOST_NAMED = 10;

const tip = (job: EncodeJob, budget: Budget): string =>
  [`job ${job.job + 1}, round ${job.round + 1}, worker ${job.worker + 1}`, formatMs(job.wallMs), job.cpuMs === null ? '' : `CPU ${formatMs(job.cpuMs)}`, job.failure === null ? '' : `failed: ${said(job.failure.cause, { text: Math.min(budget.text, 80) })}`].filter((part) => part !== '').join(', ');

const heading = (group: BatchView, budget: Budget): string => said(formatLabels({ encoder: group.encoder, concurrency: String(group.concurrency) }), { text: Math.min(budget.text, 80) });

/** One column a job, all groups to one scale: the wall time of each, rounds one after the other, in alternating shades. */
export function jobBars(groups: readonly BatchView[], budget: Budget): Html {
  const most = Math.max(1e-9, ...groups.flatMap(({ all }) => all.map(({ wallMs }) => wallMs)));
  return html`<figure class="chart"><figcaption><b>Wall time of each job</b> <span>All to one scale, up to ${formatMs(most)}; rounds one after the other, in alternating shades.</span></figcaption>
${groups.map((group) => {
    const shown = group.all.slice(0, budget.jobs);
    const left = group.all.length - shown.length;
    return html`<div class="bars"><p>${heading(group, budget)}${left > 0 && html` <small>first ${shown.length}</small>`}</p><div class="columns ${shown.length <= MOST_NAMED && 'few'}">${shown.map((job) => html`<i class="${job.failure === null ? (job.round % 2 === 0 ? 'even' : 'odd') : 'failed'}" style="height:${percentOf(job.wallMs / most)}%" title="${tip(job, budget)}"></i>`)}</div>${shown.length <= MOST_NAMED && html`<div class="values">${shown.map((job) => html`<span>${formatMs(job.wallMs)}</span>`)}</div>`}</div>`;
  })}</figure>`;
}

/** Which worker did what when, in the round whose makespan is the median; all groups on one axis of time. */
export function gantt(groups: readonly BatchView[], budget: Budget): Html {
  const endMs = Math.max(1e-9, ...groups.map(({ makespanMs }) => makespanMs));
  const ticks = [0, 0.25, 0.5, 0.75, 1];
  return html`<figure class="chart gantt"><figcaption><b>Batch</b> <span>One row a worker, one bar a job; the round with the median makespan.</span></figcaption>
${groups.map((group) => {
    const workers = [...new Set(group.jobs.map(({ worker }) => worker))].sort((a, b) => a - b);
    const drawn = group.jobs.slice(0, budget.jobs);
    return html`<div class="lanes"><p>${heading(group, budget)} <small>round ${group.round + 1} of ${group.rounds}, makespan ${formatMs(group.makespanMs)}${drawn.length < group.jobs.length && `, first ${drawn.length} jobs`}</small></p>
${workers.map((worker) => html`<div class="lane"><span>${worker + 1}</span><div>${drawn.filter((job) => job.worker === worker).map((job) => html`<i class="${job.failure === null ? '' : 'failed'}" style="left:${percentOf(job.startMs / endMs)}%;width:${percentOf((job.endMs - job.startMs) / endMs)}%" title="${tip(job, budget)}">${job.job + 1}</i>`)}</div></div>`)}</div>`;
  })}
<div class="scale" aria-hidden="true">${ticks.map((tick) => html`<span style="left:${percentOf(tick)}%">${formatMs(endMs * tick)}</span>`)}</div></figure>`;
}
