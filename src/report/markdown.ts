import type { RunRecord } from '../record/schema.ts';
import { encodeColumns, encodeRows, formatFigure } from './encode-rows.ts';
import { changeMark, comparisonMark, runMark, slaMark, slaWords } from './marks.ts';
import { allComparisons, allNotMeasured, allSla, incompleteWorkloads, mergedFindings, notComparedSentences, noteworthyChanges, otherReasons, otherWarnings, workloadViews, type PlacedComparison } from './run-view.ts';
import { plain, truncate } from './text.ts';
import { formatChange, formatChangeInterval, formatCount, formatInterval, formatLimit, formatMargin, formatMaybe, formatTime, metricPhrase, plural } from './values.ts';
import { formatMs } from '../units.ts';

/** Comments on pull requests end at 65,536 characters: rows beyond this are counted, not shown. */
const MOST_ROWS = 100;
const LONGEST_CELL = 400;

/** The run as GitHub-flavoured Markdown, for a pull-request comment or an artefact. */
export function renderMarkdown(record: RunRecord): string {
  const { run } = record;
  const parts = [
    `## ${runMark(record).word}: ${words(record.verdict.sentence)}`,
    list(otherReasons(record).map(({ sentence }) => words(sentence))),
    [code(run.id), `profile ${words(run.profile)}`, plural(run.rounds, 'round'), formatMs(run.durationMs), `seed ${run.seed}`, words(formatTime(run.startedAt))].join(' · '),
    slaSection(record),
    changesSection(record),
    encodeSection(record),
    section('Not measured', list([
      ...allNotMeasured(record).map(({ what, title, reason, remedy }) => `**${words(what)}** (${words(title)}): ${words(reason)} ${words(remedy)}`),
      ...incompleteWorkloads(record).map(({ title, sentence }) => `**${words(title)}**: ${sentence}`),
    ])),
    section('Warnings', list(warnings(record))),
    environmentSection(record),
    `### Reproduce\n\n${fence(run.command, 'sh')}`,
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function slaSection(record: RunRecord): string {
  const rows = allSla(record).map((row) => [
    words(row.title),
    words(metricPhrase(row.metric)),
    formatLimit(row),
    formatMaybe(row.actual, row.unit),
    formatMargin(row),
    formatCount(row.n),
    formatInterval(row.interval, row.unit),
    emphasis(slaWords(row), slaMark(row).tone === 'bad'),
  ]);
  return section('SLA', table(['workload', 'metric', 'limit:', 'actual:', 'margin:', 'n:', 'interval:', 'verdict'], rows));
}

function changesSection(record: RunRecord): string {
  const { shown, counts } = noteworthyChanges(record);
  const all = allComparisons(record);
  if (all.length === 0) return '';
  const columns = ['workload', 'metric', 'baseline:', 'now:', 'change:', 'interval:', 'verdict'];
  const row = (each: PlacedComparison): string[] => {
    const mark = changeMark(each);
    return [
      words(each.title),
      words(metricPhrase(each.metric)),
      formatMaybe(each.baseline, each.unit),
      formatMaybe(each.current, each.unit),
      formatChange(each.change),
      formatChangeInterval(each.interval),
      emphasis(mark.word, mark.tone === 'bad'),
    ];
  };
  const others = all.filter((each) => each.verdict !== 'not-comparable' && !shown.some(({ title, metric }) => title === each.title && metric === each.metric));
  const summary = [...counts].filter(([verdict]) => verdict !== 'not-comparable').map(([verdict, count]) => `${formatCount(count)} ${comparisonMark(verdict).word}`).join(', ');
  return section('Against the baseline', [summary === '' ? '' : `${summary}.`, list(notComparedSentences(record).map(words)), table(columns, shown.map(row)), details(plural(others.length, 'other metric'), table(columns, others.map(row)))].filter((part) => part !== '').join('\n\n'));
}

function encodeSection(record: RunRecord): string {
  const blocks = workloadViews(record).flatMap(({ title, workload }) => {
    const rows = encodeRows(workload);
    const columns = encodeColumns(rows);
    if (rows.length === 0) return [];
    const cells = rows.map((row) => [words(row.encoder), words(row.concurrency), ...columns.map(({ figure }) => formatFigure(row, figure))]);
    return [`**${words(title)}**\n\n${table(['encoder', 'at once:', ...columns.map((column) => `${column.title}:`)], cells)}`];
  });
  return section('Encodes', blocks.join('\n\n'));
}

function warnings(record: RunRecord): string[] {
  return [
    ...mergedFindings(record).map(({ title, message, remedy, rounds }) => {
      const where = rounds.length === 0 ? '' : ` (rounds ${rounds.map((round) => round + 1).join(', ')})`;
      return `**${words(title)}**: ${words(message)}${where} ${words(remedy)}`;
    }),
    ...otherWarnings(record).map(({ sentence }) => words(sentence)),
    ...(record.run.insecureTls ? ['TLS certificates were not verified (`--insecure`).'] : []),
    ...workloadViews(record).filter(({ workload }) => workload.testDouble === true).map(({ title }) => `**${words(title)}** was measured on a stand-in for the real device: its figures are no results.`),
  ];
}

function environmentSection(record: RunRecord): string {
  const { tools, git } = record.run;
  const facts: [string, string][] = [
    ...Object.entries({ ...record.environment.hard, ...record.environment.soft }).map(([key, value]): [string, string] => [key, value === null ? 'none' : String(value)]),
    ['readybench', tools.readybench],
    ['ffmpeg', tools.ffmpeg === null ? 'not used' : `${tools.ffmpeg.version} (${tools.ffmpeg.source})`],
    ['commit', git === null ? 'not a git repository' : `${git.commit.slice(0, 12)}${git.dirty ? ' with local changes' : ''}`],
    ['target', record.scenarios.map(({ target }) => target ?? 'none').join(', ')],
  ];
  return details('Environment', table(['what', 'value'], facts.map(([key, value]) => [words(key), words(value)])));
}

/** A heading in front of a body; nothing where the body is empty. */
function section(title: string, body: string): string {
  return body === '' ? '' : `### ${title}\n\n${body}`;
}

/** A title that ends in `:` is a column of figures. */
function table(titles: readonly string[], rows: readonly string[][]): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rest = rows.length - MOST_ROWS;
  return [
    line(titles.map((title) => title.replace(/:$/, ''))),
    line(titles.map((title) => (title.endsWith(':') ? '---:' : '---'))),
    ...rows.slice(0, MOST_ROWS).map(line),
    ...(rest > 0 ? [line([`and ${plural(rest, 'row')} more in result.json`, ...titles.slice(1).map(() => '')])] : []),
  ].join('\n');
}

function list(items: readonly string[]): string {
  const rest = items.length - MOST_ROWS;
  return [...items.slice(0, MOST_ROWS), ...(rest > 0 ? [`and ${rest} more in result.json`] : [])].map((item) => `- ${item}`).join('\n');
}

function details(summary: string, body: string): string {
  return body === '' ? '' : `<details><summary>${summary}</summary>\n\n${body}\n\n</details>`;
}

function emphasis(text: string, strong: boolean): string {
  return strong ? `**${text}**` : text;
}

/** Text of a service or a file as words: nothing in it is markup, a mention, a link or a cell of its own. */
function words(text: string): string {
  return truncate(plain(text), LONGEST_CELL)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\\`*[\]#~|$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, (mark) => `\\${mark}`)
    .replaceAll('@', '@\u200b')
    .replaceAll('://', ':\u200b//')
    .replaceAll(/\bwww\./gi, (found) => `${found.slice(0, 3)}\u200b.`);
}

/** As a code span, its fence longer than any inside. */
function code(text: string): string {
  const inner = truncate(plain(text), LONGEST_CELL).replaceAll('|', '\u00a6');
  const ticks = '`'.repeat(longestRun(inner) + 1);
  return `${ticks}${ticks.length > 1 ? ' ' : ''}${inner}${ticks.length > 1 ? ' ' : ''}${ticks}`;
}

function fence(text: string, language: string): string {
  const inner = plain(text);
  const ticks = '`'.repeat(Math.max(3, longestRun(inner) + 1));
  return `${ticks}${language}\n${inner}\n${ticks}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
