import type { ScalingRecord, ScalingSeries } from '../../record/scaling.ts';
import { formatMs, formatNumber, formatShare } from '../../units.ts';
import { formatTime, plural } from '../values.ts';
import { scalingCharts } from './scaling-charts.ts';
import { goOn } from './search-sentences.ts';
import { bestOfAll, lawSentences, offWords, roundSentences, scalingHeadline, throughputWords } from './scaling-sentences.ts';
import type { CapacityView, ViewTable } from './view.ts';

/** Throughput over concurrency. Pure. `resume`: what to type behind `--resume` to go on with it. */
export function scalingView(record: ScalingRecord, resume = record.run.id): CapacityView {
  const { run, scenario, workload, target, environment, options } = record;
  const { mark, sentence } = scalingHeadline(record);
  return {
    title: `Scalability of ${scenario.name}/${workload}`,
    mark,
    sentence,
    notes: [...record.series.flatMap((series) => lawSentences(series, record)), ...roundSentences(record), ...record.notMeasured.map(({ what, reason, remedy }) => `${what} was not measured: ${reason}. ${remedy}`), ...(run.status === 'complete' ? [] : [goOn(run.command, resume)])],
    facts: [['run', run.id], ['started', formatTime(run.startedAt)], ['target', target ?? 'this machine'], ['profile', `${run.profile}, ${plural(options.rounds, 'round')}, seed ${run.seed}`], ['machine', environment.hash.slice(0, 12)]],
    tables: [...(record.series.length > 1 ? [choices(record)] : []), ...record.series.map((series) => levelTable(series, record))],
    charts: scalingCharts(record),
    file: 'scaling.json',
    command: run.command,
    readybench: run.readybench,
  };
}

/** Which subject to take: encoder and thread policy, each at its own best level. */
function choices(record: ScalingRecord): ViewTable {
  const best = bestOfAll(record);
  return {
    title: 'Workers and thread policy',
    columns: [{ title: 'encoder and policy' }, { title: 'best', right: true }, { title: 'throughput', right: true }, { title: 'knee', right: true }, { title: '' }],
    rows: record.series.map((series) => {
      const level = series.levels.find(({ concurrency }) => concurrency === series.best);
      const perSecond = level?.throughputPerSecond ?? null;
      return [series.subject, series.best === null ? '–' : `${series.best} at once`, perSecond === null ? '–' : throughputWords(perSecond, record), series.knee === null ? '–' : String(series.knee), series === best?.series ? 'highest throughput here' : ''];
    }),
    notes: ['knee: the fewest at once after which a step gains less than 5 %. Take it where the best differs little: each encode is done sooner and takes less memory.'],
  };
}

function levelTable(series: ScalingSeries, record: ScalingRecord): ViewTable {
  const single = series.levels.find(({ concurrency }) => concurrency === 1)?.throughputPerSecond ?? null;
  return {
    title: series.subject === '' ? 'Levels' : `Levels, ${series.subject}`,
    columns: [{ title: 'at once', right: true }, { title: 'throughput', right: true }, { title: 'gain', right: true, keep: 2 }, { title: 'mean time', right: true }, { title: 'p95', right: true, keep: 3 }, { title: 'machine busy', right: true, keep: 1 }, { title: 'Little’s law', right: true }, { title: 'rounds', right: true }, { title: '', role: 'outcome' }],
    rows: series.levels.map(({ concurrency, rounds, throughputPerSecond, residenceMs, p95Ms }) => {
      const counted = rounds.filter(({ invalid }) => invalid === null);
      const off = rounds.flatMap(({ littleOff, unfit = null }) => (unfit === null ? (littleOff ?? []) : [])).sort((a, b) => Math.abs(b) - Math.abs(a))[0];
      const busy = rounds.flatMap(({ machineBusy }) => machineBusy ?? []);
      return [
        String(concurrency),
        throughputPerSecond === null ? '–' : throughputWords(throughputPerSecond, record),
        throughputPerSecond === null || single === null ? '–' : `×${formatNumber(throughputPerSecond / single)}`,
        residenceMs === null ? '–' : formatMs(residenceMs),
        p95Ms === null ? '–' : formatMs(p95Ms),
        busy.length === 0 ? '–' : formatShare(Math.max(...busy)),
        off === undefined ? '–' : `${off < 0 ? '−' : '+'}${offWords(Math.abs(off))}`,
        `${counted.length}/${rounds.length}`,
        [concurrency === series.best ? 'best' : '', concurrency === series.knee ? 'knee' : ''].filter((word) => word !== '').join(', '),
      ];
    }),
    notes: [],
  };
}
