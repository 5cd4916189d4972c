import type { JobRun, JobSeries, WorkloadRecord } from '../../../record/schema.ts';
import { formatMs } from '../../../units.ts';
import { jobView, outcomeWords } from '../../job-rows.ts';
import { formatCount, formatMaybe, plural } from '../../values.ts';
import type { Budget } from '../budget.ts';
import { facts, folded, percentOf, said, table } from '../parts.ts';
import { html, type Html } from '../template.ts';

const TICKS = [0, 0.25, 0.5, 0.75, 1];
const MOST_ROUNDS = 10;

/** Jobs from submit to result: figures, when each was under way, what became of it, what went wrong and what came back. */
export function jobBody(workload: WorkloadRecord, series: JobSeries, budget: Budget): Html {
  const view = jobView(workload);
  if (view === null) return html``;
  return html`${facts(view.figures)}
<p class="note">${said(view.intro, budget)}.</p>
${series.jobs.length > 0 && timeline(series.jobs, budget)}
${failures(view.failures, budget)}
${jobList(series.jobs, budget)}`;
}

/** One row for each job that could be under way at once; the part in the queue is hatched where its length is known. */
function timeline(jobs: readonly JobRun[], budget: Budget): Html {
  const endMs = Math.max(1e-9, ...jobs.map((job) => job.endMs));
  const rounds = [...new Set(jobs.map(({ round }) => round))];
  return html`<figure class="chart gantt"><figcaption><b>Jobs over time</b> <span>One bar a job, from its submit to the moment its end was seen; pale: in the queue, where the service says so.</span></figcaption>
${rounds.slice(0, MOST_ROUNDS).map((round) => {
    const all = jobs.filter((job) => job.round === round);
    const drawn = all.slice(0, budget.jobs);
    const lanes = [...new Set(drawn.map(({ lane }) => lane))].sort((a, b) => a - b);
    return html`<div class="lanes"><p>round ${round + 1} <small>${plural(all.length, 'job')}${drawn.length < all.length && `, first ${drawn.length} drawn`}</small></p>
${lanes.map((lane) => html`<div class="lane"><span>${lane + 1}</span><div>${drawn.filter((job) => job.lane === lane).map((job) => bar(job, endMs, budget))}</div></div>`)}</div>`;
  })}
${rounds.length > MOST_ROUNDS && html`<p class="note">The first ${MOST_ROUNDS} of ${rounds.length} rounds.</p>`}
<div class="scale" aria-hidden="true">${TICKS.map((tick) => html`<span style="left:${percentOf(tick)}%">${formatMs(endMs * tick)}</span>`)}</div></figure>`;
}

function bar(job: JobRun, endMs: number, budget: Budget): Html {
  const length = job.endMs - job.submittedMs;
  const waited = job.queueWaitMs === null || length <= 0 ? 0 : Math.min(1, job.queueWaitMs / length);
  const tip = [`job ${job.job + 1}`, outcomeWords(job.outcome), formatMs(length), job.queueWaitMs === null ? '' : `in the queue ${formatMs(job.queueWaitMs)}`, job.processingMs === null ? '' : `at work ${formatMs(job.processingMs)}`].filter((part) => part !== '').join(', ');
  return html`<i class="${job.outcome === 'done' ? '' : 'failed'}" style="left:${percentOf(job.submittedMs / endMs)}%;width:${percentOf(length / endMs)}%" title="${said(tip, budget)}">${waited > 0 && html`<b class="waited" style="width:${percentOf(waited)}%"></b>`}${job.job + 1}</i>`;
}

function failures(groups: readonly { outcome: string; count: number; example: string }[], budget: Budget): Html {
  if (groups.length === 0) return html``;
  return html`<h3>${plural(groups.reduce((sum, { count }) => sum + count, 0), 'job')} did not end well</h3>${table(
    [{ title: 'outcome' }, { title: 'count', numeric: true }, { title: 'example: what was sent and what came back', role: 'prose' }],
    groups.map(({ outcome, count, example }) => [outcomeWords(outcome), formatCount(count), said(example, budget)]),
    budget,
  )}`;
}

function jobList(jobs: readonly JobRun[], budget: Budget): Html {
  const rows = jobs.map((job) => [
    `${job.round + 1}`,
    `${job.job + 1}`,
    outcomeWords(job.outcome),
    formatMs(job.endMs - job.submittedMs),
    formatMaybe(job.queueWaitMs, 'ms'),
    formatMaybe(job.processingMs, 'ms'),
    formatCount(job.polls),
    formatMaybe(job.bytes, 'bytes'),
    job.message === null ? '' : said(job.message, { text: Math.min(budget.text, 400) }),
  ]);
  const number = (title: string): { title: string; numeric: true } => ({ title, numeric: true });
  return folded('Every job', table([number('round'), number('job'), { title: 'outcome' }, number('completion'), number('queue'), number('work'), number('polls'), number('result'), { title: 'why', role: 'prose' }], rows, budget));
}
