import { splitSeverity, type Severity } from '../record/limits.ts';
import { parseMetricKey } from '../record/metrics.ts';
import { formatValue, observedPhrase, plural } from '../record/phrases.ts';
import type { ReadinessItem, ReadinessVerdict, ScenarioRecord, SlaResult, WorkloadRecord } from '../record/schema.ts';

/** A guide: items and what decides each, and items that nothing seen from outside can decide. */
export interface Guide {
  guide: string;
  items: readonly { item: string; section: string | null; by: readonly string[] }[];
  outside: readonly { why: string; items: readonly string[] }[];
}

interface Evidence {
  by: string;
  verdict: Exclude<ReadinessVerdict, 'not-measurable'>;
  figure: string | null;
  sentence: string;
}

/** The worst decides; what was not measured is never a pass. */
const ORDER: readonly Evidence['verdict'][] = ['fail', 'warning', 'undecided', 'not-measured', 'pass'];

/** Every item of the guide against what was measured. `left` says why a workload did not run. Pure. */
export function readinessOf({ guide, items, outside }: Guide, scenario: Omit<ScenarioRecord, 'readiness'>, left: readonly { workload: string; why: string }[]): NonNullable<ScenarioRecord['readiness']> {
  const measurable = items.map(({ item, section, by }): ReadinessItem => {
    const evidence = by.map((reference) => evidenceOf(reference, scenario, left));
    const verdict = ORDER.find((each) => evidence.some((one) => one.verdict === each)) ?? 'not-measured';
    const figures = evidence.flatMap(({ figure }) => figure ?? []);
    return { section, item, verdict, figure: figures.length === 0 ? null : [...new Set(figures)].join(', '), evidence: evidence.map(({ figure: _, ...rest }) => rest) };
  });
  const others = outside.flatMap(({ why, items: texts }) => texts.map((item): ReadinessItem => ({ section: null, item, verdict: 'not-measurable', figure: null, evidence: [{ by: '', verdict: 'not-measurable', sentence: why }] })));
  return { guide, items: [...measurable, ...others] };
}

function evidenceOf(by: string, scenario: Omit<ScenarioRecord, 'readiness'>, left: readonly { workload: string; why: string }[]): Evidence {
  if (by === 'baseline') return ofBaseline(by, scenario);
  if (by === 'capacity') return { by, verdict: 'not-measured', figure: null, sentence: 'bench capacity measures and plans it, in a run of its own' };
  if (by.startsWith('host.')) return ofHost(by, scenario);
  const [name = '', ...rest] = by.split('/');
  const what = rest.join('/');
  const workload = scenario.workloads.find((each) => each.name === name);
  const missing = (sentence: string): Evidence => ({ by, verdict: 'not-measured', figure: null, sentence });
  if (workload === undefined) return missing(`${name} did not run: ${left.find((each) => each.workload === name)?.why ?? 'it was left out'}`);
  if (workload.status === 'interrupted') return missing(`${name} was interrupted`);
  if (workload.validity.status === 'invalid') return missing(`${name} is invalid: ${workload.validity.findings.find(({ severity }) => severity === 'invalid')?.message ?? 'its figures say nothing'}`);
  if (what === '') return ofWhole(by, workload);
  if (what.startsWith('check.')) return ofCheck(by, workload, what.slice('check.'.length));
  if (what.startsWith('observe.')) return ofSeries(by, workload, what.slice('observe.'.length));
  if (what.startsWith('encoder.')) return ofEncoder(by, workload, what.slice('encoder.'.length));
  const limits = workload.sla.filter((result) => isMeant(result, what));
  return limits.length === 0 ? missing(`${name} has no limit on ${what}`) : ofLimits(by, limits);
}

/** `latency.p95` means it with any labels, `encode.wall{encoder=libx264}` with these and any others; `host.cpu:warning` the limits of that severity alone. */
function isMeant({ metric, severity }: { metric: string; severity?: Severity }, what: string): boolean {
  const wanted = splitSeverity(what);
  const [found, asked] = [parseMetricKey(metric), parseMetricKey(wanted.what)];
  return found.id === asked.id && (severity === undefined || wanted.severity === null || severity === wanted.severity) && Object.entries(asked.labels).every(([key, value]) => found.labels[key] === value);
}

function ofLimits(by: string, limits: readonly SlaResult[]): Evidence {
  const judged = limits.map((result) => ({ result, verdict: verdictOf(result) }));
  const verdict = ORDER.find((each) => judged.some((one) => one.verdict === each)) ?? 'not-measured';
  const deciding = judged.filter((one) => one.verdict === verdict).map(({ result }) => result);
  const figures = new Set(limits.flatMap(({ actual, unit }) => (actual === null ? [] : [formatValue(actual, unit)])));
  return { by, verdict, figure: figures.size === 0 ? null : [...figures].join(', '), sentence: deciding.map(({ sentence }) => sentence).join('; ') };
}

function verdictOf({ verdict, severity }: SlaResult): Evidence['verdict'] {
  switch (verdict) {
    case 'pass':
      return 'pass';
    case 'breach':
      return severity === 'critical' ? 'fail' : 'warning';
    case 'undecided':
    case 'too-few-samples':
      return 'undecided';
    case 'not-measured':
      return 'not-measured';
  }
}

/** The workload as a whole: everything it sets a limit on, and every check of it. */
function ofWhole(by: string, workload: WorkloadRecord): Evidence {
  const checks = workload.detail.kind === 'check' ? workload.detail.checks.map(({ name }) => ofCheck(by, workload, name)) : [];
  const parts = [...checks, ...(workload.sla.length === 0 ? [] : [ofLimits(by, workload.sla)])];
  if (parts.length === 0) {
    const measured = workload.metrics.length > 0;
    return { by, verdict: measured ? 'pass' : 'not-measured', figure: null, sentence: measured ? `${workload.name} was measured` : `${workload.name} was not measured: ${workload.notMeasured[0]?.reason ?? 'it has no figures'}` };
  }
  const verdict = ORDER.find((each) => parts.some((part) => part.verdict === each)) ?? 'not-measured';
  return { by, verdict, figure: parts.find(({ figure }) => figure !== null)?.figure ?? null, sentence: parts.filter((part) => part.verdict === verdict).map(({ sentence }) => sentence).join('; ') };
}

function ofCheck(by: string, { name: workload, detail }: WorkloadRecord, name: string): Evidence {
  const found = detail.kind === 'check' ? detail.checks.find((each) => each.name === name) : undefined;
  if (found === undefined) return { by, verdict: 'not-measured', figure: null, sentence: `${workload} did not check ${name}` };
  const { verdict, severity = 'critical', sentences, evidence } = found;
  const [first] = evidence;
  const seen = first === undefined ? '' : ` (${exchangeOf(first)})`;
  return { by, verdict: verdict === 'pass' ? 'pass' : severity === 'critical' ? 'fail' : 'warning', figure: null, sentence: `${sentences.join('; ')}${seen}` };
}

/** `GET /videos → 429`: the whole of it is with the check. */
function exchangeOf({ sent, received }: { sent: string; received: string }): string {
  const request = sent.split(/\s+/).slice(0, 2).join(' ');
  return `${request} → ${/^\d{3}\b/.exec(received)?.[0] ?? received.split('\n')[0] ?? ''}`;
}

/** By its limits; a series without one is there to be watched, and what was read is the answer. */
function ofSeries(by: string, workload: WorkloadRecord, name: string): Evidence {
  const limits = workload.sla.filter(({ metric }) => { const { id, labels } = parseMetricKey(metric); return observedPhrase({ id, labels }) !== null && labels['series'] === name; });
  if (limits.length > 0) return ofLimits(by, limits);
  const series = workload.observed?.find((each) => each.name === name);
  if (series === undefined || series.value === null) return { by, verdict: 'not-measured', figure: null, sentence: `${name} was not read: ${series?.rounds.find(({ problem }) => problem !== null)?.problem ?? 'the workload was not observed'}` };
  const figure = formatValue(series.value, series.unit);
  return { by, verdict: 'pass', figure, sentence: `${series.take} ${name} ${figure}, read from the service (${series.query})` };
}

function ofEncoder(by: string, { detail, notMeasured }: WorkloadRecord, name: string): Evidence {
  const probe = detail.kind === 'encode' ? detail.probes.find(({ encoder }) => encoder === name) : undefined;
  if (probe?.available === true) return { by, verdict: 'pass', figure: null, sentence: `${name} encodes on this machine${typeof probe.device === 'string' ? ` (${probe.device})` : ''}` };
  return { by, verdict: 'not-measured', figure: null, sentence: `${name} cannot run here: ${probe?.reason ?? notMeasured.find(({ what }) => what === name)?.reason ?? 'it was not tried'}` };
}

function ofHost(by: string, { host }: Omit<ScenarioRecord, 'readiness'>): Evidence {
  const limits = (host?.sla ?? []).filter((result) => isMeant(result, by));
  if (limits.length > 0) return ofLimits(by, limits);
  const { severity } = splitSeverity(by);
  if (severity !== null) return { by, verdict: 'not-measured', figure: null, sentence: `host has no alert of severity ${severity} on it` };
  const series = host?.series.find(({ metric }) => isMeant({ metric }, by));
  if (series === undefined) return { by, verdict: 'not-measured', figure: null, sentence: host === undefined ? 'this machine was not watched' : 'this machine does not say' };
  const figure = formatValue(series.mean, series.unit);
  return { by, verdict: 'pass', figure, sentence: `${figure} on average, ${formatValue(series.worst, series.unit)} at worst` };
}

/** Whether there is something to compare with; that nothing got worse is another question. */
function ofBaseline(by: string, { workloads }: Omit<ScenarioRecord, 'readiness'>): Evidence {
  const all = workloads.flatMap(({ comparison }) => comparison);
  const compared = all.filter(({ verdict }) => verdict === 'same' || verdict === 'improved' || verdict === 'inconclusive' || verdict === 'regression');
  if (compared.length > 0) return { by, verdict: 'pass', figure: null, sentence: `${plural(compared.length, 'metric')} compared with stored sessions` };
  return { by, verdict: 'not-measured', figure: null, sentence: `no baseline: ${all.find(({ verdict }) => verdict === 'no-baseline')?.sentence ?? 'nothing was compared'}` };
}
