import type { Labels, Metric, RunRecord, Unit } from '../record/schema.ts';
import { parseMetricKey } from './values.ts';

/**
 * The run as OpenMetrics text (gauges in base units, seconds and bytes), which is valid for Prometheus' text format as well: for the
 * textfile collector or a push gateway. Samples of one family stand together, and no two of them have the same labels.
 */

interface Sample {
  labels: Labels;
  value: number;
}

interface Family {
  name: string;
  unit: string;
  help: string;
  samples: Sample[];
}

/** What a unit of the record is called and divided by: the name ends with it, as OpenMetrics asks. */
const UNITS: Readonly<Record<Unit, { suffix: string; divisor: number }>> = {
  ms: { suffix: 'seconds', divisor: 1_000 },
  '1/s': { suffix: 'per_second', divisor: 1 },
  '1/h': { suffix: 'per_hour', divisor: 1 },
  ratio: { suffix: 'ratio', divisor: 1 },
  share: { suffix: 'ratio', divisor: 1 },
  x: { suffix: 'ratio', divisor: 1 },
  fps: { suffix: 'frames_per_second', divisor: 1 },
  bytes: { suffix: 'bytes', divisor: 1 },
  'bytes/s': { suffix: 'bytes_per_second', divisor: 1 },
  'bit/s': { suffix: 'bits_per_second', divisor: 1 },
  dB: { suffix: 'decibels', divisor: 1 },
  score: { suffix: '', divisor: 1 },
  count: { suffix: '', divisor: 1 },
  J: { suffix: 'joules', divisor: 1 },
  W: { suffix: 'watts', divisor: 1 },
};

export function renderOpenMetrics(record: RunRecord): string {
  return `${familiesOf(record).map(renderFamily).join('')}# EOF\n`;
}

function familiesOf(record: RunRecord): Family[] {
  const { run, verdict, environment } = record;
  const families = new Map<string, Family>();
  const add = (name: string, unit: string, help: string, labels: Labels, value: number): void => {
    const full = unit === '' || name.endsWith(`_${unit}`) ? name : `${name}_${unit}`;
    const family = families.get(full) ?? { name: full, unit, help, samples: [] };
    families.set(full, family);
    if (!family.samples.some((sample) => sameLabels(sample.labels, labels))) family.samples.push({ labels, value });
  };
  add('readybench_run', '', 'The run, as labels; always 1.', { run: run.id, profile: run.profile, machine: environment.hash, commit: run.git?.commit ?? '', readybench: run.tools.readybench }, 1);
  for (const status of ['pass', 'fail', 'invalid', 'interrupted', 'error'] as const) add('readybench_verdict', '', 'The verdict: 1 for the one that holds.', { status }, Number(verdict.status === status));
  add('readybench_exit_code', '', 'Exit code of the run.', {}, record.exitCode);
  add('readybench_duration', 'seconds', 'How long the run took.', {}, run.durationMs / 1_000);
  const started = Date.parse(run.startedAt);
  if (Number.isFinite(started)) add('readybench_start_timestamp', 'seconds', 'When the run started, since the epoch.', {}, started / 1_000);
  for (const scenario of record.scenarios) {
    for (const workload of scenario.workloads) {
      const where = { scenario: scenario.name, workload: workload.name };
      add('readybench_workload_valid', '', 'Whether the measurement is valid.', where, Number(workload.validity.status !== 'invalid'));
      for (const metric of workload.metrics) addMetric(add, where, metric);
      for (const { metric, limit, unit, actual, verdict: judged, severity } of workload.sla) {
        const { id, labels } = parseMetricKey(metric);
        const at = { ...prefixed(labels), ...where, metric: id, ...(severity === 'critical' ? {} : { severity }) };
        add('readybench_sla_limit', '', 'Limit of a metric, in the base unit of the metric.', at, limit / UNITS[unit].divisor);
        if (actual !== null) add('readybench_sla_met', '', 'Whether the limit is certainly kept (1) or not (0).', at, Number(judged === 'pass'));
      }
      for (const { metric, verdict: judged, change } of workload.comparison) {
        const { id, labels } = parseMetricKey(metric);
        const at = { ...prefixed(labels), ...where, metric: id };
        if (change === null) continue;
        add('readybench_change', 'ratio', 'Change against the baseline: current / baseline - 1.', at, change);
        add('readybench_regression', '', 'Whether the change is a regression.', at, Number(judged === 'regression'));
      }
    }
  }
  return [...families.values()];
}

function addMetric(add: (name: string, unit: string, help: string, labels: Labels, value: number) => void, where: Labels, { id, labels, unit, value }: Metric): void {
  const { suffix, divisor } = UNITS[unit];
  const quantile = /^(.*)\.p(\d+)$/.exec(id);
  const name = `readybench_${snake(quantile?.[1] ?? id)}`;
  const own = { ...prefixed(labels), ...where, ...(quantile === null ? {} : { percentile: `${quantile[2]}` }) };
  // encode.fps is frames per second by its name already.
  const fps = suffix === 'frames_per_second' && name.endsWith('_fps') ? name.slice(0, -'_fps'.length) : name;
  add(fps, suffix, `${id} of the run.`, own, value / divisor);
}

function renderFamily({ name, unit, help, samples }: Family): string {
  const head = [`# TYPE ${name} gauge`, ...(unit === '' ? [] : [`# UNIT ${name} ${unit}`]), `# HELP ${name} ${escapeHelp(help)}`];
  return `${[...head, ...samples.map(({ labels, value }) => `${name}${renderLabels(labels)} ${renderValue(value)}`)].join('\n')}\n`;
}

function renderLabels(labels: Labels): string {
  const pairs = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return pairs.length === 0 ? '' : `{${pairs.map(([key, value]) => `${key}="${escapeLabel(value)}"`).join(',')}}`;
}

/** Labels of the record cannot take the names of ours, nor be no name at all. */
function prefixed(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).map(([key, value]) => [`label_${snake(key)}`, value]));
}

const snake = (text: string): string => text.replaceAll(/([a-z])([A-Z])/g, '$1_$2').toLowerCase().replaceAll(/[^a-z0-9]+/g, '_').replaceAll(/^_+|_+$/g, '') || 'unnamed';

const sameLabels = (a: Labels, b: Labels): boolean => renderLabels(a) === renderLabels(b);

const escapeHelp = (text: string): string => text.replaceAll('\\', String.raw`\\`).replaceAll('\n', String.raw`\n`);
const escapeLabel = (text: string): string => escapeHelp(text.replaceAll(/\p{Surrogate}/gu, '\uFFFD')).replaceAll('"', String.raw`\"`).replaceAll('\r', ' ');

function renderValue(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return Number.isFinite(value) ? String(value) : value > 0 ? '+Inf' : '-Inf';
}
