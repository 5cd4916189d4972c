import type { RunRecord } from '../../record/schema.ts';
import type { Cell, Column } from '../columns.ts';
import { analysisTables, type ReportTable } from '../encode-analysis.ts';
import { encodeColumns, encodeRows, formatFigure, type EncodeFigure } from '../encode-rows.ts';
import { jobView, outcomeWords } from '../job-rows.ts';
import { changeMark, checkMark, slaMark, slaWords } from '../marks.ts';
import { byLabels, changedSince, hostViews, notComparedSentences, noteworthyChanges, otherSide, withSeverity, workloadViews } from '../run-view.ts';
import { plain, truncate } from '../text.ts';
import { formatChange, formatChangeInterval, formatCount, formatLimit, formatMargin, formatMaybe, metricPhrase, plural } from '../values.ts';
import { grouped, INDENT } from './grouped.ts';
import { dimCell, markCell, paragraph, type Canvas } from './paint.ts';

const MOST_CHANGES = 8;
const MOST_SENTENCES = 4;
const LONGEST_SENTENCE = 300;
const MOST_ANALYSED = 16;
/** Figures of an encode that a narrow terminal does without, the lowest first. */
const DROPPED_FIRST: Partial<Record<EncodeFigure, number>> = { firstOutput: 1, memory: 2, fps: 3, batchCpu: 4, psnr: 5, size: 6 };

/** Every limit with its figure, per workload. */
export function slaTable(on: Canvas, record: RunRecord): string[] {
  const columns: Column[] = [
    { title: 'metric' },
    { title: 'limit', align: 'right' },
    { title: 'actual', align: 'right' },
    { title: 'margin', align: 'right', keep: 2 },
    { title: 'n', align: 'right', keep: 1 },
    { title: 'verdict' },
  ];
  const groups = workloadViews(record)
    .map(({ title, workload }) => ({ title, sla: workload.sla }))
    .concat(hostViews(record).map(({ title, host }) => ({ title, sla: host.sla })))
    .filter(({ sla }) => sla.length > 0)
    .flatMap(({ title, sla }) =>
      byLabels(sla).map(({ heading, rows }, index) => ({
        headings: [...(index === 0 ? [on.bold(truncate(plain(title), on.width))] : []), ...(heading === '' ? [] : [on.dim(` ${truncate(plain(heading), on.width - 1)}`)])],
        rows: rows.map((row): Cell[] => [
          plain(withSeverity(row.title, row, sla)),
          formatLimit(row),
          formatMaybe(row.actual, row.unit),
          formatMargin(row),
          dimCell(on, formatCount(row.n)),
          markCell(on, slaMark(row), slaWords(row)),
        ]),
      })),
    );
  return groups.length === 0 ? [] : ['', on.bold('SLA'), ...grouped(on, columns, groups)];
}

/** What changed against the baseline and what could not be told; the rest as a count. */
export function changesTable(on: Canvas, record: RunRecord): string[] {
  const { shown, counts } = noteworthyChanges(record);
  const same = counts.get('same') ?? 0;
  const none = counts.get('no-baseline') ?? 0;
  const notCompared = notComparedSentences(record);
  const changed = changedSince(record);
  const other = otherSide(record);
  if (shown.length + same + none + notCompared.length === 0) return [];
  const columns: Column[] = [
    { title: 'metric' },
    { title: other === null ? 'baseline' : 'against', align: 'right', keep: 2 },
    { title: 'now', align: 'right' },
    { title: 'change', align: 'right' },
    { title: 'interval', align: 'right', keep: 1 },
    { title: 'verdict' },
  ];
  const rows = shown.slice(0, MOST_CHANGES).map((row): Cell[] => {
    const mark = changeMark(row);
    return [
      plain(`${row.title}: ${metricPhrase(row.metric)}`),
      formatMaybe(row.baseline, row.unit),
      formatMaybe(row.current, row.unit),
      { text: formatChange(row.change), paint: (text) => on.tone(mark.tone, text) },
      dimCell(on, formatChangeInterval(row.interval)),
      markCell(on, mark),
    ];
  });
  const rest = [
    shown.length > MOST_CHANGES ? `${formatCount(shown.length - MOST_CHANGES)} more of these in the report` : '',
    same > 0 ? `${plural(same, 'metric')} within noise` : '',
    none > 0 ? `${plural(none, 'metric')} without a baseline on this machine` : '',
  ].filter((part) => part !== '');
  return [
    '',
    on.bold(other === null ? 'Against the baseline' : `Against ${truncate(plain(other), on.width - 10)}, in turns`),
    ...(rows.length === 0 ? [] : grouped(on, columns, [{ headings: [], rows }])),
    ...notCompared.slice(0, MOST_SENTENCES).flatMap((sentence) => paragraph(on, truncate(plain(sentence), LONGEST_SENTENCE), 2, 2).map((line) => on.tone('warn', line))),
    ...(rest.length === 0 ? [] : [on.dim(`  ${rest.join(', ')}`)]),
    ...(changed.length === 0 ? [] : paragraph(on, `changed since the baseline: ${changed.slice(0, MOST_SENTENCES).map((each) => truncate(plain(each), LONGEST_SENTENCE)).join('; ')}`, 2, 2)),
  ];
}

/** Encoders side by side, one block per workload. */
export function encodeTable(on: Canvas, record: RunRecord): string[] {
  const views = workloadViews(record)
    .map((view) => ({ ...view, rows: encodeRows(view.workload) }))
    .filter(({ rows }) => rows.length > 0);
  if (views.length === 0) return [];
  // Each workload has columns of its own: a single clip has no makespan, a batch no CPU time of one encode.
  return [
    '',
    on.bold('Encodes'),
    ...views.flatMap(({ title, workload, rows }) => {
      const figures = encodeColumns(rows);
      const columns: Column[] = [
        { title: 'encoder' },
        { title: 'at once', align: 'right' },
        ...figures.map(({ figure, title: heading }): Column => ({ title: heading, align: 'right', ...keepOf(figure) })),
      ];
      const cells = rows.map((row): Cell[] => [plain(row.encoder), plain(row.concurrency), ...figures.map(({ figure }) => formatFigure(row, figure))]);
      return [on.bold(truncate(plain(title), on.width - 40)) + on.dim(clipLine(workload.detail)), ...grouped(on, columns, [{ headings: [], rows: cells }]), ...analysisTables(workload).filter(({ rank }) => rank === 'main').flatMap((table) => analysisTable(on, table))];
    }),
  ];
}

/** The columns on the right go first where there is no room; the report has them all. */
function analysisTable(on: Canvas, { title, note, columns, rows }: ReportTable): string[] {
  const laid = columns.map((heading, at): Column => ({ title: heading.replace(/:$/, ''), align: heading.endsWith(':') ? 'right' : 'left', ...(at < 3 ? {} : { keep: columns.length - at }) }));
  return [truncate(plain(` ${title}`), on.width), ...grouped(on, laid, [{ headings: [], rows: rows.slice(0, MOST_ANALYSED).map((row) => row.map((cell) => plain(cell))) }]), ...paragraph(on, plain(note), INDENT).map(on.dim)];
}

function keepOf(figure: EncodeFigure): { keep?: number } {
  const keep = DROPPED_FIRST[figure];
  return keep === undefined ? {} : { keep };
}

function clipLine(detail: RunRecord['scenarios'][number]['workloads'][number]['detail']): string {
  if (detail.kind !== 'encode') return '';
  const { name, durationMs, height } = detail.clip;
  return `  ${truncate(plain(name), 20)}, ${Math.round(durationMs / 1_000)} s, ${height} lines`;
}

const DROPPED_OF_JOBS: Readonly<Record<string, number>> = { 'work p50': 1, 'queue p50': 2, makespan: 3, jobs: 4 };

/** Jobs from submit to result, one block a workload: figures, how their ends were seen, and what went wrong. */
export function jobTable(on: Canvas, record: RunRecord): string[] {
  const views = workloadViews(record).flatMap(({ title, workload }) => {
    const view = jobView(workload);
    return view === null ? [] : [{ title, view }];
  });
  if (views.length === 0) return [];
  return [
    '',
    on.bold('Jobs'),
    ...views.flatMap(({ title, view }) => {
      const columns = view.figures.map(([heading]): Column => ({ title: heading, align: 'right', ...(DROPPED_OF_JOBS[heading] === undefined ? {} : { keep: DROPPED_OF_JOBS[heading] }) }));
      return [
        on.bold(truncate(plain(title), on.width)),
        ...paragraph(on, view.intro, 2, 2).map(on.dim),
        ...grouped(on, columns, [{ headings: [], rows: [view.figures.map(([, figure]) => figure)] }]),
        ...view.failures.slice(0, MOST_SENTENCES).flatMap(({ outcome, count, example }) => paragraph(on, `${formatCount(count)} ${outcomeWords(outcome)}: ${truncate(plain(example), LONGEST_SENTENCE)}`, 2, 2).map((line) => on.tone('bad', line))),
      ];
    }),
  ];
}

/** Checks of behaviour: verdict and what was seen. */
export function checkTable(on: Canvas, record: RunRecord): string[] {
  const views = workloadViews(record).flatMap(({ title, workload: { detail } }) => (detail.kind === 'check' ? [{ title, checks: detail.checks }] : []));
  if (views.length === 0) return [];
  return [
    '',
    on.bold('Checks'),
    ...views.flatMap(({ title, checks }) => [
      on.bold(truncate(plain(title), on.width)),
      ...checks.flatMap((check) => {
        const { name, verdict, sentences } = check;
        const mark = checkMark(check);
        const [first = '', ...more] = paragraph(on, `${mark.word}  ${plain(name)}: ${truncate(plain(sentences.join('; ')), LONGEST_SENTENCE)}`, 2, 6);
        return verdict === 'pass' ? [on.tone('good', first), ...more.map(on.dim)] : [first, ...more].map((line) => on.tone(mark.tone, line));
      }),
    ]),
  ];
}
