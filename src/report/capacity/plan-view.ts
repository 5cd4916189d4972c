import { videoWords, type PlanRecord, type PlanThresholds } from '../../record/plan.ts';
import { formatBytes, formatMs, formatNumber, formatShare } from '../../units.ts';
import { formatTime, metricTitle, plural } from '../values.ts';
import { planCharts } from './plan-charts.ts';
import { planTables } from './plan-tables.ts';
import type { CapacityView } from './view.ts';

const BASIS: Record<PlanRecord['server']['basis'], string> = {
  search: 'by a search for the highest rate within the SLA',
  jobs: 'lowest round of jobs end to end',
  encodes: 'lowest round of encodes alone',
};

/** Servers, storage and cost. Pure. */
export function planView(record: PlanRecord): CapacityView {
  const { run, scenario, server, prices, environment } = record;
  return {
    title: `Capacity plan of ${scenario.name}`,
    mark: { word: 'PLAN', tone: record.cautions.length > 0 || record.deployments.some(({ bursts }) => bursts.some(({ withinLimit }) => withinLimit === false)) ? 'warn' : 'good' },
    sentence: record.deployments.map(sentenceOf).join('; '),
    notes: [...record.cautions.map((caution) => `Mind: ${caution}`), ...thresholdNotes(record), ...record.asks.map((ask) => `Not known: ${ask}`)],
    facts: [
      ['run', run.id],
      ['made', formatTime(run.startedAt)],
      ['from', record.sources.map(({ runId, kind }) => `${kind} ${runId}`).join(', ')],
      ['one server makes', `${formatNumber(server.perSecond * 3_600)} videos/h (${server.subject}${server.concurrency === null ? '' : `, ${server.concurrency} at once`}; ${BASIS[server.basis]})`],
      ['a video', `${videoWords(server.video)}${record.bytesPerVideo === null ? '' : `, ${formatBytes(record.bytesPerVideo)}`} (${[...new Set([server.workload, record.bytesFrom ?? server.workload])].join(', ')})`],
      ...(record.target === null ? [] : [['target', record.target] satisfies [string, string]]),
      ['machine', environment.hash.slice(0, 12)],
      ['prices', prices === null ? 'left out' : `${prices.cpuPerHour} ${prices.currency}/h${prices.asOf === null ? ', undated' : `, of ${prices.asOf}`}`],
    ],
    tables: planTables(record),
    charts: planCharts(record),
    file: 'plan.json',
    command: run.command,
    readybench: run.readybench,
  };
}

function sentenceOf({ name, volumes, spare }: PlanRecord['deployments'][number]): string {
  const today = volumes.find(({ label }) => label === 'to' || label === 'today');
  if (today === undefined) return name;
  return `${name}: ${plural(today.servers, 'server')}${spare > 0 ? ` and ${spare} spare` : ''} for ${formatNumber(today.videosPerDay)} videos a day, ${formatShare(today.peakBusy)} busy in the busiest hour`;
}

function thresholdNotes({ thresholds: { queue, cpu, maxConcurrentJobs }, server }: PlanRecord): string[] {
  return [
    ...(queue === null ? [] : [queueSentence(queue, server)]),
    ...(cpu === null ? [] : [`Scale out when the processors are more than ${formatShare(cpu.share)} busy for longer than one video takes: ${cpu.basis === 'measured' ? 'what was seen at the highest rate that kept the SLA' : 'what was seen where this figure was measured'}, less the headroom (computed).`]),
    ...(maxConcurrentJobs === null ? [] : [concurrencySentence(maxConcurrentJobs)]),
  ];
}

function queueSentence(queue: NonNullable<PlanThresholds['queue']>, { processingMs, limit }: PlanRecord['server']): string {
  if (queue.basis === 'measured') {
    return `Scale out when a server has more than ${plural(queue.underWay, 'video')} under way, waiting or at work: so many it had at the highest rate that kept the SLA${queue.lostAt === null ? '' : `, and ${queue.lostAt} at the lowest that did not`} (seen).`;
  }
  const byLimit = limit === null ? '' : `: one more would be done later than ${formatMs(limit.ms)}, the limit on ${metricTitle(limit.metric)}`;
  if (queue.waiting < 0) return `One video alone takes ${formatMs(processingMs ?? 0)}, longer than its limit of ${formatMs(limit?.ms ?? 0)}: no number of servers keeps it.`;
  return `Scale out when more than ${plural(queue.waiting, 'video')} ${queue.waiting === 1 ? 'waits' : 'wait'} for a server${byLimit} (computed, not measured).`;
}

function concurrencySentence({ value, of, basis, subject, runId }: NonNullable<PlanThresholds['maxConcurrentJobs']>): string {
  const present = of === 'jobs' ? ' Jobs were measured through the service, which lets only so many run at once: where that is its present MAX_CONCURRENT_JOBS, raise it and measure again before taking this as the best.' : '';
  const source = `${subject}, ${runId}`;
  return basis === 'knee'
    ? `MAX_CONCURRENT_JOBS=${value}, as many as each server like this one works on at once (more gain less than 5 %; ${source}).${present}`
    : `MAX_CONCURRENT_JOBS=${value} or more, as many as each server like this one works on at once: up to there every step gained, and more were not measured (${source}; bench capacity scale --levels).${present}`;
}
