import type { PlanRecord } from '../../record/plan.ts';
import type { ViewChart } from './view.ts';

/** Cost of a month over the volume, CPU against GPU; nothing where only one of them is known. */
export function planCharts({ deployments, prices }: PlanRecord): ViewChart[] {
  return deployments.flatMap(({ name, gpu }, index): ViewChart[] => {
    if (gpu === null || prices === null) return [];
    const rows = gpu.rows.filter(({ videosPerDay }) => videosPerDay <= 10_000);
    return [
      {
        title: `${name}: cost of a month over the volume`,
        note: `${prices.currency}, spare servers included, at equal quality.`,
        chart: {
          id: `cost-${index + 1}`, axis: 'count', axisName: 'videos a day', group: `cost-${index + 1}`, unit: 'count', height: 280, limits: [], points: [], bands: [], log: false,
          x: rows.map(({ videosPerDay }) => videosPerDay),
          series: [{ label: 'CPU servers', color: 'p95', values: rows.map(({ cpu }) => Math.round(cpu.perMonth)) }, { label: 'GPU servers', color: 'delay', values: rows.map(({ gpu: each }) => Math.round(each.perMonth)) }],
        },
      },
    ];
  });
}
