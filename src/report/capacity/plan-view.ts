import type { PlanRecord } from '../../record/plan.ts';
import { formatMs, formatNumber, formatShare } from '../../units.ts';
import { formatTime, plural } from '../values.ts';
import { planCharts } from './plan-charts.ts';
import { planTables } from './plan-tables.ts';
import type { CapacityView } from './view.ts';

const BASIS: Record<PlanRecord['server']['basis'], string> = {
  search: 'low end of a search for the highest rate within the SLA',
  jobs: 'lowest round of jobs end to end, within the SLA',
  encodes: 'lowest round of encodes alone',
};

/** Servers, storage and cost. Pure. */
export function planView(record: PlanRecord): CapacityView {
  const { run, scenario, server, prices, environment } = record;
  return {
    title: `Capacity plan of ${scenario.name}`,
    mark: { word: 'PLAN', tone: record.deployments.some(({ bursts }) => bursts.some(({ withinLimit }) => withinLimit === false)) ? 'warn' : 'good' },
    sentence: record.deployments.map(sentenceOf).join('; '),
    notes: [...thresholdNotes(record), ...record.asks.map((ask) => `Not known: ${ask}`)],
    facts: [
      ['run', run.id],
      ['made', formatTime(run.startedAt)],
      ['from', record.sources.map(({ runId, kind }) => `${kind} ${runId}`).join(', ')],
      ['one server makes', `${formatNumber(server.perSecond * 3_600)} videos/h (${server.subject}${server.concurrency === null ? '' : `, ${server.concurrency} at once`}; ${BASIS[server.basis]})`],
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
  const by = (basis: 'measured' | 'computed'): string => (basis === 'measured' ? 'seen at the highest rate that kept the SLA' : 'computed, not measured');
  return [
    ...(queue === null
      ? []
      : queue.most < 0
        ? [`One video alone takes ${formatMs(server.processingMs ?? 0)}, longer than its limit of ${formatMs(server.limitMs ?? 0)}: no number of servers keeps it.`]
        : [`Scale out when more than ${queue.most} videos wait for each server${server.limitMs === null ? '' : `: one more would be done later than ${formatMs(server.limitMs)}`} (${by(queue.basis)}).`]),
    ...(cpu === null ? [] : [`Scale out when the processors are more than ${formatShare(cpu.share)} busy for longer than one video takes: ${cpu.basis === 'measured' ? 'what was seen at the highest rate that kept the SLA' : `${formatShare(server.cpuBusy ?? 0)} were busy when it was fully at work`}, less the headroom (computed).`]),
    ...(maxConcurrentJobs === null ? [] : [`MAX_CONCURRENT_JOBS=${maxConcurrentJobs.value} for each server like this one (${maxConcurrentJobs.basis === 'knee' ? 'more gain less than 5 %' : 'the highest level measured; every step still gained'}; ${maxConcurrentJobs.subject}, ${maxConcurrentJobs.runId}).`]),
  ];
}
