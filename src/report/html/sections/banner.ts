import type { RunRecord } from '../../../record/schema.ts';
import { approveCommand } from '../../approve-command.ts';
import { formatMs } from '../../../units.ts';
import { runMark } from '../../marks.ts';
import { otherReasons, tally, wantsBaseline } from '../../run-view.ts';
import { formatCount, formatTime, plural } from '../../values.ts';
import type { Budget } from '../budget.ts';
import { facts, said, symbol } from '../parts.ts';
import { html, type Html } from '../template.ts';

const MOST_REASONS = 12;

/** The verdict and its reason in one sentence, then the run in figures. */
export function banner(record: RunRecord, budget: Budget): Html {
  const { run } = record;
  const mark = runMark(record);
  const sentence = said(record.verdict.sentence, budget);
  const reasons = otherReasons(record).map((each) => said(each.sentence, budget));
  const ffmpeg = run.tools.ffmpeg;
  const brief = (text: string): string => said(text, { text: 80 });
  return html`<header class="banner ${mark.tone}" id="verdict">
<p class="brand">readybench <span>run report</span></p>
<div class="verdict">${symbol(mark.tone)}<div><p class="word">${mark.word}</p><h1>${sentence}</h1></div></div>
${reasons.length > 0 && html`<ul class="reasons">${reasons.slice(0, MOST_REASONS).map((reason) => html`<li>${reason}</li>`)}${reasons.length > MOST_REASONS && html`<li>and ${reasons.length - MOST_REASONS} more below</li>`}</ul>`}
<ul class="tally">${tallies(record).map(([figure, words, tone]) => html`<li class="${tone}"><b>${figure}</b> ${words}</li>`)}</ul>
${facts([
    ['run', html`<code>${brief(run.id)}</code>`],
    ['started', formatTime(brief(run.startedAt))],
    ['took', formatMs(run.durationMs)],
    ['profile', `${brief(run.profile)}, ${plural(run.rounds, 'round')}, seed ${run.seed}`],
    ['target', brief([...new Set(record.scenarios.map(({ target }) => target ?? 'none'))].join(', '))],
    ['commit', run.git === null ? 'not in a git repository' : html`<code>${brief(run.git.commit).slice(0, 12)}</code>${run.git.branch !== null && ` on ${brief(run.git.branch)}`}${run.git.dirty && ', with local changes'}`],
    ['ffmpeg', ffmpeg === null ? 'not used' : `${brief(ffmpeg.version)} (${ffmpeg.source === 'npm' ? 'carried by npm' : `from ${ffmpeg.source}`})`],
  ])}
${run.insecureTls && html`<p class="strip warn">TLS certificates were not verified (<code>--insecure</code>).</p>`}
${wantsBaseline(record) && html`<p class="strip">No baseline on this machine yet, so nothing was compared. If this run is as it should be: <code>${said(approveCommand(record, '"…"'), budget)}</code></p>`}
</header>`;
}

function tallies(record: RunRecord): [string, string, string][] {
  const { sla, regressions, improved, same, notMeasured, baselined } = tally(record);
  return [
    ...(sla.total > 0 ? [[`${formatCount(sla.passed)} of ${formatCount(sla.total)}`, sla.total === 1 ? 'limit kept' : 'limits kept', ''] as [string, string, string]] : []),
    ...(baselined ? [[formatCount(regressions), regressions === 1 ? 'regression' : 'regressions', regressions > 0 ? 'bad' : ''] as [string, string, string], [formatCount(same), 'within noise', ''] as [string, string, string]] : []),
    ...(improved > 0 ? [[formatCount(improved), 'improved', 'good'] as [string, string, string]] : []),
    ...(notMeasured > 0 ? [[formatCount(notMeasured), 'not measured', 'warn'] as [string, string, string]] : []),
  ];
}
