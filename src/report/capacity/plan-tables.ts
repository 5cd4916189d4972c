import type { PlanConsequences, PlanRecord, PlannedDeployment } from '../../record/plan.ts';
import { formatBytes, formatMs, formatNumber, formatShare } from '../../units.ts';
import { plural } from '../values.ts';
import type { ViewTable } from './view.ts';

type Money = (amount: number | null) => string;

/** The plan's tables: each deployment's volumes, what follows from other assumptions, bursts, cost per video, CPU against GPU. */
export function planTables(record: PlanRecord): ViewTable[] {
  const { prices } = record;
  const money: Money = (amount) => (amount === null || prices === null ? '–' : `${moneyDigits(amount)} ${prices.currency}`);
  return [...record.deployments.flatMap((deployment) => [volumes(deployment, record, money), sensitivityTable(deployment, money), ...bursts(deployment)]), ...costs(record, money), ...record.deployments.flatMap((deployment) => cpuAgainstGpu(deployment, record, money))];
}

/** Cents for what is paid by the month, four digits for what a video costs. */
function moneyDigits(amount: number): string {
  return amount >= 100 ? formatNumber(amount) : amount >= 1 ? amount.toFixed(2) : String(Number(amount.toPrecision(3)));
}

const bytes = (value: number | null): string => (value === null ? '–' : formatBytes(value));

function volumes(deployment: PlannedDeployment, { bytesPerVideo, bytesFrom, prices }: PlanRecord, money: Money): ViewTable {
  const { name, description, peakFactor, growthPerMonth, months, headroom, spare, retentionDays, storageExpected } = deployment;
  const extrapolated = deployment.volumes.flatMap((each) => (each.extrapolated === null ? [] : [`${each.label}: ${each.extrapolated}`]));
  const weekly = deployment.volumes.filter(({ label }) => !label.startsWith('in ')).flatMap(({ perWeekBytes }) => perWeekBytes ?? []);
  return {
    title: `${name}: servers, storage, cost`,
    columns: [{ title: 'volume' }, { title: 'videos a day', right: true }, { title: 'servers', right: true }, { title: 'busy at peak', right: true }, { title: 'busy on average', right: true, keep: 1 }, { title: 'storage a week', right: true }, { title: 'storage kept', right: true, keep: 2 }, { title: 'a month', right: true }, { title: 'a video', right: true }],
    rows: deployment.volumes.map((each) => [
      each.extrapolated === null ? each.label : `${each.label} †`,
      formatNumber(each.videosPerDay),
      `${each.servers}${spare > 0 ? ` + ${spare}` : ''}`,
      formatShare(each.peakBusy),
      formatShare(each.meanBusy),
      bytes(each.perWeekBytes),
      each.keptBytes === null && each.paidBytes !== null ? `${bytes(each.paidBytes)} in ${plural(deployment.months, 'month')}` : bytes(each.keptBytes),
      money(each.perMonth),
      money(each.perVideo),
    ]),
    notes: [
      `${description === null ? '' : `${description} `}Assumed: busiest hour ${formatNumber(peakFactor)} times the mean hour, ${formatShare(headroom)} of each server free in it, ${spare} spare, growth ${formatShare(growthPerMonth)} a month, videos kept ${retentionDays === null ? 'for ever' : `for ${formatNumber(retentionDays)} days`}. Busy: of the servers without the spare.`,
      ...(bytesPerVideo === null ? [] : [`Measured: ${formatBytes(bytesPerVideo)} a video${bytesFrom === null ? '' : ` (${bytesFrom})`}.`]),
      ...(retentionDays === null && bytesPerVideo !== null ? [`Nothing is removed (capacity.${name}.retention): storage ${prices === null ? 'is' : 'and its cost are'} as after ${plural(months, 'month')} of that volume, and ${prices === null ? 'grows' : 'grow'} on.`] : []),
      ...(storageExpected === null || weekly.length === 0 ? [] : [`Expected growth ${formatBytes(storageExpected.low)} to ${formatBytes(storageExpected.high)} a week; by the measured size it is ${[...new Set([Math.min(...weekly), Math.max(...weekly)])].map(formatBytes).join(' to ')}.`]),
      ...(extrapolated.length === 0 ? [] : [`† Extrapolated, beyond what was measured. ${extrapolated.join('. ')}.`]),
    ],
  };
}

const VARIED: Record<string, string> = { videosPerDay: 'videos a day', peakFactor: 'peak factor', perSecond: 'videos a server makes', bytesPerVideo: 'bytes a video', pricePerHour: 'price of a server' };

function sensitivityTable({ name, sensitivity, spare }: PlannedDeployment, money: Money): ViewTable {
  const cell = (of: (consequences: PlanConsequences) => string, { low, now, high }: PlannedDeployment['sensitivity'][number]): string => [low, now, high].map((each) => (each === null ? '–' : of(each))).join(' · ');
  return {
    title: `${name}: if an assumption is 20 % off`,
    columns: [{ title: 'assumption' }, { title: 'servers', right: true }, { title: 'storage a week', right: true, keep: 1 }, { title: 'a month', right: true }],
    rows: sensitivity.map((each) => [VARIED[each.varied] ?? each.varied, cell(({ servers }) => String(servers), each), cell(({ perWeekBytes }) => bytes(perWeekBytes), each), cell(({ perMonth }) => money(perMonth), each)]),
    notes: [
      `Each figure: with the assumption 20 % lower · as planned · 20 % higher. At the highest volume of today${spare > 0 ? ', spare servers included' : ''}.`,
      ...(sensitivity.some(({ low }) => low === null) ? ['A peak factor 20 % lower would be below 1: the busiest hour is never below the mean one.'] : []),
    ],
  };
}

function bursts({ name, bursts: all }: PlannedDeployment): ViewTable[] {
  if (all.length === 0) return [];
  return [
    {
      title: `${name}: all at once`,
      columns: [{ title: 'videos submitted at once', right: true }, { title: 'servers', right: true }, { title: 'all done after', right: true }, { title: 'within the limit' }],
      rows: all.map(({ videos, servers, doneMs, withinLimit }) => [String(videos), String(servers), formatMs(doneMs), withinLimit === null ? 'no limit on one video' : withinLimit ? 'yes' : 'no']),
      notes: ['Computed from what a server makes, for idle servers without the spare.'],
    },
  ];
}

function costs({ costPerVideo, gpu, server, prices }: PlanRecord, money: Money): ViewTable[] {
  if (prices === null) return [];
  return [
    {
      title: 'Cost of a video by how busy a server is',
      columns: [{ title: 'busy', right: true }, { title: 'CPU', right: true }, { title: 'GPU, equal quality', right: true }],
      rows: costPerVideo.map(({ busy, cpu, gpu: other }) => [formatShare(busy), money(cpu), other === null ? (gpu === null ? 'not measured' : '–') : money(other)]),
      notes: [`Servers alone. Prices${prices.asOf === null ? ' are undated' : ` of ${prices.asOf}`}: CPU ${prices.cpuPerHour} ${prices.currency}/h${prices.gpuPerHour === null ? '' : `, GPU ${prices.gpuPerHour} ${prices.currency}/h`}.${gpu === null ? '' : ` ${gpuBasis(gpu, server)}`}`],
    },
  ];
}

/** What a GPU server is said to make, and from what: measured where the batch that was compared is the one that servers are planned with. */
function gpuBasis({ cpu, gpu, atEqualQuality, speedup }: NonNullable<PlanRecord['gpu']>, server: PlanRecord['server']): string {
  const measured = `${cpu.workload}: ${gpu.subject} made ${formatNumber(gpu.perSecond * 3_600)} videos/h (${gpu.runId}), ${cpu.subject} ${formatNumber(cpu.perSecond * 3_600)} (${cpu.runId}); equal quality changes the lead by ×${formatNumber(atEqualQuality)}.`;
  if (server.basis === 'encodes' && cpu.workload === server.workload) return measured;
  if (server.basis === 'encodes') return `${measured} A GPU server is computed: what a CPU server makes of ${server.workload}, times ×${formatNumber(speedup)} of the encodes of ${cpu.workload}.`;
  return `${measured} A GPU server is computed: what a CPU server makes end to end, times ×${formatNumber(speedup)} of the same encodes; work that is no encoding gains nothing from it.`;
}

function cpuAgainstGpu({ name, gpu }: PlannedDeployment, { breakEven }: PlanRecord, money: Money): ViewTable[] {
  if (gpu === null || breakEven === null) return [];
  return [
    {
      title: `${name}: CPU against GPU over the volume, at equal quality`,
      columns: [{ title: 'videos a day', right: true }, { title: 'CPU servers', right: true }, { title: 'a month', right: true }, { title: 'GPU servers', right: true }, { title: 'a month', right: true }, { title: 'cheaper' }],
      rows: gpu.rows.map((row) => [formatNumber(row.videosPerDay), String(row.cpu.servers), money(row.cpu.perMonth), String(row.gpu.servers), money(row.gpu.perMonth), row.cheaper === 'equal' ? 'equal' : row.cheaper.toUpperCase()]),
      notes: [`Fully at work the GPU makes ×${formatNumber(breakEven.speedup)} at the same quality; it pays from ×${formatNumber(breakEven.needed)}, the ratio of the prices. Spare servers included; more than one server of a kind is extrapolated.`],
    },
  ];
}
