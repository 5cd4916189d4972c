import type { RunRecord } from '../record/schema.ts';
import { calibrationColumns, calibrationRows, calibrations, recommendation } from './calibration.ts';
import { analysisTables } from './encode-analysis.ts';
import { encodeColumns, encodeRows, formatFigure } from './encode-rows.ts';
import { hostNote, hostRows } from './host-rows.ts';
import { observedRows } from './observed-rows.ts';
import { evidenceText, readinessMark, readinessViews, type ReadinessView } from './readiness-rows.ts';
import { jobView, outcomeWords } from './job-rows.ts';
import { changeMark, checkMark, comparisonMark, runMark, slaMark, slaWords } from './marks.ts';
import { allComparisons, allNotMeasured, allSla, changedSince, hostViews, incompleteWorkloads, mergedFindings, notComparedSentences, noteworthyChanges, otherReasons, otherSide, otherWarnings, workloadViews, type PlacedComparison, type PlacedSla } from './run-view.ts';
import { plain, truncate } from './text.ts';
import { formatChange, formatChangeInterval, formatCount, formatInterval, formatLimit, formatMargin, formatMaybe, formatTime, metricPhrase, plural } from './values.ts';
import { formatMs } from '../units.ts';

/** Rows beyond this are counted, not shown. */
const MOST_ROWS = 100;
/** Comments on pull requests end at 65,536 characters. */
const MOST_CHARACTERS = 60_000;
const MOST_OPEN_WARNINGS = 5;
const LONGEST_CELL = 400;

/** Finds the comment of an earlier run of the same pull request, to be replaced. */
export const COMMENT_MARK = '<!-- readybench-report -->';

/** A part of the report; folded ones open on a click, and are the first to go where the whole would be too long. */
interface Part {
  text: string;
  folded: boolean;
}

/**
 * The run as GitHub-flavoured Markdown, made to be a comment on a pull request: the verdict, what speaks against it and what could not be
 * told stand open, everything else is folded. GitLab reads it as well.
 */
export function renderMarkdown(record: RunRecord): string {
  const { run } = record;
  const facts = [code(run.id), `profile ${words(run.profile)}`, plural(run.rounds, 'round'), formatMs(run.durationMs), `seed ${run.seed}`, words(formatTime(run.startedAt))];
  const parts: Part[] = [
    open(`${COMMENT_MARK}\n## ${runMark(record).word}: ${words(record.verdict.sentence)}`),
    open(list(otherReasons(record).map(({ sentence }) => words(sentence)))),
    open(facts.join(' · ')),
    ...slaParts(record),
    ...changesParts(record),
    open(section('Not measured', list([
      ...allNotMeasured(record).map(({ what, title, reason, remedy }) => `**${words(what)}** (${words(title)}): ${words(reason)} ${words(remedy)}`),
      ...incompleteWorkloads(record).map(({ title, sentence }) => `**${words(title)}**: ${sentence}`),
    ]))),
    ...warningsParts(record),
    folded('Noise of this machine', calibrationTables(record)),
    ...readinessViews(record).map((view) => folded(`Readiness of ${words(view.scenario)}: ${view.summary}`, readinessPage(view))),
    folded('Encodes', encodeTables(record)),
    folded('Jobs', jobTables(record)),
    folded('Read from the service', observedTables(record)),
    folded('This machine', hostTables(record)),
    folded('Checks', checkTables(record)),
    folded('Environment', environmentTable(record)),
    folded('Reproduce', fence(run.command, 'sh')),
  ].filter(({ text }) => text !== '');
  return `${fitted(parts).map(({ text }) => text).join('\n\n')}\n`;
}

/** Without the longest folded parts, where the whole is more than a comment can hold. */
function fitted(parts: readonly Part[]): readonly Part[] {
  const length = parts.reduce((sum, { text }) => sum + text.length + 2, 0);
  const longest = parts.filter((part) => part.folded).sort((a, b) => b.text.length - a.text.length)[0];
  if (length <= MOST_CHARACTERS || longest === undefined) return parts;
  const summary = /<summary>(.*)<\/summary>/.exec(longest.text)?.[1] ?? 'A part';
  return fitted(parts.map((part) => (part === longest ? open(`${summary}: left out here, see report.html`) : part)));
}

const open = (text: string): Part => ({ text, folded: false });
const folded = (summary: string, body: string): Part => ({ text: details(summary, body), folded: true });

function slaParts(record: RunRecord): Part[] {
  const all = allSla(record);
  if (all.length === 0) return [];
  const columns = ['workload', 'metric', 'limit:', 'actual:', 'margin:', 'n:', 'interval:', 'verdict'];
  const row = (result: PlacedSla): string[] => [
    words(result.title),
    words(result.phrase),
    formatLimit(result),
    formatMaybe(result.actual, result.unit),
    formatMargin(result),
    formatCount(result.n),
    formatInterval(result.interval, result.unit),
    emphasis(slaWords(result), slaMark(result).tone === 'bad'),
  ];
  const kept = all.filter(({ verdict }) => verdict === 'pass');
  const others = all.filter((result) => !kept.includes(result));
  return [open([`### SLA: ${kept.length} of ${plural(all.length, 'limit')} met`, table(columns, others.map(row))].filter((part) => part !== '').join('\n\n')), folded(`${plural(kept.length, 'limit')} met`, table(columns, kept.map(row)))];
}

function changesParts(record: RunRecord): Part[] {
  const { shown, counts } = noteworthyChanges(record);
  const all = allComparisons(record);
  if (all.length === 0) return [];
  const other = otherSide(record);
  const columns = ['workload', 'metric', other === null ? 'baseline:' : 'against:', 'now:', 'change:', 'interval:', 'verdict'];
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
  const others = all.filter((each) => each.verdict !== 'not-comparable' && each.verdict !== 'no-baseline' && !shown.some(({ title, metric }) => title === each.title && metric === each.metric));
  const summary = [...counts].filter(([verdict]) => verdict !== 'not-comparable').map(([verdict, count]) => `${formatCount(count)} ${comparisonMark(verdict).word}`).join(', ');
  const changed = changedSince(record);
  const body = [
    summary === '' ? '' : `${summary}.`,
    list(notComparedSentences(record).map(words)),
    table(columns, shown.map(row)),
    changed.length === 0 ? '' : `Changed since the baseline: ${changed.slice(0, MOST_ROWS).map(words).join('; ')}.`,
  ];
  return [open(section(other === null ? 'Against the baseline' : `Against ${words(other)}, in turns`, body.filter((part) => part !== '').join('\n\n'))), folded(plural(others.length, 'other metric'), table(columns, others.map(row)))];
}

function encodeTables(record: RunRecord): string {
  const blocks = workloadViews(record).flatMap(({ title, workload }) => {
    const rows = encodeRows(workload);
    const columns = encodeColumns(rows);
    if (rows.length === 0) return [];
    const cells = rows.map((row) => [words(row.encoder), words(row.concurrency), ...columns.map(({ figure }) => formatFigure(row, figure))]);
    const analysed = analysisTables(workload).map((each) => {
      const body = [table(each.columns, each.rows.map((row) => row.map(words))), words(each.note)].join('\n\n');
      return each.rank === 'main' ? `**${words(each.title)}**\n\n${body}` : details(words(each.title), body);
    });
    return [[`**${words(title)}**\n\n${table(['encoder', 'at once:', ...columns.map((column) => `${column.title}:`)], cells)}`, ...analysed].join('\n\n')];
  });
  return blocks.join('\n\n');
}

function calibrationTables(record: RunRecord): string {
  return calibrations(record).map(({ title, calibration }) => {
    const [first = '', ...figures] = calibrationColumns(calibration);
    return `**${words(title)}**: ${words(recommendation(calibration))}\n\n${table([first, ...figures.map((each) => `${each}:`)], calibrationRows(calibration).map((row) => row.map(words)))}`;
  }).join('\n\n');
}

/** A few stand open; many are folded. */
function warningsParts(record: RunRecord): Part[] {
  const items = warnings(record);
  return items.length <= MOST_OPEN_WARNINGS ? [open(section('Warnings', list(items)))] : [folded(plural(items.length, 'warning'), list(items))];
}

function checkTables(record: RunRecord): string {
  const blocks = workloadViews(record).flatMap(({ title, workload: { detail } }) => (detail.kind === 'check' ? [`**${words(title)}**\n\n${table(['check', 'verdict', 'what was seen'], detail.checks.map((check) => ({ ...check, mark: checkMark(check) })).map(({ name, sentences, mark }) => [words(name), emphasis(mark.word, mark.tone === 'bad'), words(sentences.join('; '))]))}`] : []));
  return blocks.join('\n\n');
}

function readinessPage({ guide, measurable, others }: ReadinessView): string {
  const rows = measurable.map(({ section, item, verdict, figure, evidence }) => {
    const { word, tone } = readinessMark(verdict);
    return [words(section ?? ''), words(item), emphasis(word, tone === 'bad'), words(figure ?? '–'), words(evidenceText(evidence))];
  });
  return [words(guide), table(['section', 'item', 'verdict', 'figure:', 'evidence'], rows), ...others.map(({ why, items }) => `**Not measurable from outside**: ${words(why)}\n\n${list(items.map(words))}`)].join('\n\n');
}

function hostTables(record: RunRecord): string {
  return hostViews(record)
    .map(({ title, host }) => `**${words(title)}**: ${words(hostNote(host))}\n\n${table(['what', 'mean:', 'worst:'], hostRows(host).map(({ what, mean, worst }) => [words(what), mean, worst]))}`)
    .join('\n\n');
}

function observedTables(record: RunRecord): string {
  const blocks = workloadViews(record).flatMap(({ title, workload }) => {
    const rows = observedRows(workload).map(({ name, take, figure, lowest, highest, query, notes }) => [words(name), take, figure, lowest, highest, code(query), words(notes.join('; '))]);
    return rows.length === 0 ? [] : [`**${words(title)}**\n\n${table(['series', 'take', 'figure:', 'lowest:', 'highest:', 'query', 'note'], rows)}`];
  });
  return blocks.join('\n\n');
}

function jobTables(record: RunRecord): string {
  const blocks = workloadViews(record).flatMap(({ title, workload }) => {
    const view = jobView(workload);
    if (view === null) return [];
    const failures = list(view.failures.map(({ outcome, count, example }) => `${formatCount(count)} ${outcomeWords(outcome)}: ${words(example)}`));
    return [[`**${words(title)}**: ${words(view.intro)}`, table(view.figures.map(([heading]) => `${heading}:`), [view.figures.map(([, figure]) => words(figure))]), failures].filter((part) => part !== '').join('\n\n')];
  });
  return blocks.join('\n\n');
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

function environmentTable(record: RunRecord): string {
  const { tools, git } = record.run;
  const facts: [string, string][] = [
    ...Object.entries({ ...record.environment.hard, ...record.environment.soft }).map(([key, value]): [string, string] => [key, value === null ? 'none' : String(value)]),
    ['readybench', tools.readybench],
    ['ffmpeg', tools.ffmpeg === null ? 'not used' : `${tools.ffmpeg.version} (${tools.ffmpeg.source})`],
    ...(tools.k6 === undefined ? [] : [['k6', `${tools.k6.version}, ${plural(tools.k6.segments, 'segment')}`] as [string, string]]),
    ['commit', git === null ? 'not a git repository' : `${git.commit.slice(0, 12)}${git.dirty ? ' with local changes' : ''}`],
    ['target', record.scenarios.map(({ target }) => target ?? 'none').join(', ')],
  ];
  return table(['what', 'value'], facts.map(([key, value]) => [words(key), words(value)]));
}

/** A heading in front of a body; nothing where the body is empty. */
function section(title: string, body: string): string {
  return body === '' ? '' : `### ${title}\n\n${body}`;
}

/** A title that ends in `:` is a column of figures. */
export function table(titles: readonly string[], rows: readonly string[][]): string {
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

export function list(items: readonly string[]): string {
  const rest = items.length - MOST_ROWS;
  return [...items.slice(0, MOST_ROWS), ...(rest > 0 ? [`and ${rest} more in result.json`] : [])].map((item) => `- ${item}`).join('\n');
}

function details(summary: string, body: string): string {
  return body === '' ? '' : `<details><summary>${summary}</summary>\n\n${body}\n\n</details>`;
}

export function emphasis(text: string, strong: boolean): string {
  return strong ? `**${text}**` : text;
}

/** Text of a service or a file as words: nothing in it is markup, a mention, a link or a cell of its own. */
export function words(text: string): string {
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

export function fence(text: string, language: string): string {
  const inner = plain(text);
  const ticks = '`'.repeat(Math.max(3, longestRun(inner) + 1));
  return `${ticks}${language}\n${inner}\n${ticks}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
