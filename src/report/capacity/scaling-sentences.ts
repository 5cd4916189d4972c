import type { ScalingFit, ScalingRecord, ScalingSeries } from '../../record/scaling.ts';
import { formatNumber, formatShare } from '../../units.ts';
import type { Mark } from '../marks.ts';
import { plural } from '../values.ts';

/** A throughput in the unit that people count it in: requests a second, videos an hour. */
export function throughputWords(perSecond: number, { workloadKind }: Pick<ScalingRecord, 'workloadKind'>): string {
  return workloadKind === 'http' ? `${formatNumber(perSecond)}/s` : `${formatNumber(3_600 * perSecond)}/h`;
}

const name = (series: ScalingSeries, what = ''): string => (series.subject === '' ? what : `${what === '' ? '' : `${what} `}with ${series.subject}`);

/** The subject and level with the highest throughput. */
export function bestOfAll(record: Pick<ScalingRecord, 'series'>): { series: ScalingSeries; concurrency: number; perSecond: number } | null {
  const all = record.series.flatMap((series) => series.levels.flatMap(({ concurrency, throughputPerSecond }) => (throughputPerSecond === null ? [] : [{ series, concurrency, perSecond: throughputPerSecond }])));
  return all.reduce<(typeof all)[number] | null>((most, each) => (most === null || each.perSecond > most.perSecond ? each : most), null);
}

export function scalingHeadline(record: ScalingRecord): { mark: Mark; sentence: string } {
  const best = bestOfAll(record);
  if (best === null) return { mark: { word: 'NOT MEASURED', tone: 'bad' }, sentence: 'no round of any level counts' };
  const unfinished = record.run.status !== 'complete';
  const knee = best.series.knee;
  const enough = knee === null ? 'every step up to there still gains' : knee === best.concurrency ? 'more gains nothing' : `from ${knee} on a step gains less than 5 %`;
  return {
    mark: unfinished ? { word: 'UNFINISHED', tone: 'warn' } : { word: 'MEASURED', tone: 'good' },
    sentence: `${throughputWords(best.perSecond, record)} at ${best.concurrency} at once${name(best.series) === '' ? '' : ` ${name(best.series)}`}, the highest of ${plural(record.options.levels.length, 'level')}; ${enough}`,
  };
}

/** What the law says of one series, in plain words. */
export function lawSentences(series: ScalingSeries, record: ScalingRecord): string[] {
  const who = series.subject === '' ? '' : `${series.subject}: `;
  if (series.fit.type === 'refused') return [`${who}No law of scalability was fitted: ${series.fit.why}.`];
  return [`${who}${contention(series.fit)} ${coherence(series.fit)} ${peak(series.fit, record)}`];
}

function contention({ sigma }: ScalingFit): string {
  if (sigma.value < 0.001 && sigma.high < 0.01) return 'Contention: none was seen.';
  if (sigma.low > 1) return `Contention (σ) ${share(sigma)}: above 100 % more at once are slower together than one alone.`;
  return `Contention (σ) ${share(sigma)}: that share of the work is done one at a time, however many there are.`;
}

function coherence({ kappa }: ScalingFit): string {
  if (kappa.value === 0) return 'Coherence (κ) 0: more at once do not slow each other down beyond that.';
  return `Coherence (κ) ${share(kappa)}: what each pays to keep in step with every other; it grows with the square of their number.`;
}

function peak({ peak: at, sigma, kappa }: ScalingFit, record: ScalingRecord): string {
  if (at.type === 'none') return `No peak up to ${formatNumber(at.upTo)} at once (1.5 times the highest level measured); beyond that nothing is claimed.`;
  // Where only one at a time is served, chance decides whether σ is above 1.
  const flat = at.concurrency === 1 && sigma.low <= 1 && kappa.low === 0;
  const interval = at.low === null ? '' : ` (95 % interval ${formatNumber(at.low)} to ${at.high === null ? 'beyond what is claimed' : formatNumber(at.high)})`;
  return `Highest throughput ${throughputWords(at.throughput, record)} at ${formatNumber(at.concurrency)} at once${interval}${at.extrapolated ? ', extrapolated: above the highest level measured' : ''}; ${flat ? 'more at once gain nothing' : 'above that more at once are slower together'}.`;
}

const share = ({ value, low, high }: { value: number; low: number; high: number }): string => `${formatShare(value)} (95 % interval ${formatShare(low)} to ${formatShare(high)})`;

/** How far off Little's law was, to a tenth of a percent: closer than that nobody measures. */
export const offWords = (off: number): string => `${(100 * off).toFixed(1)} %`;

/** Little's law over all rounds, and the rounds that do not count. */
export function roundSentences(record: ScalingRecord): string[] {
  const rounds = record.series.flatMap(({ levels, subject }) => levels.flatMap(({ rounds: own, concurrency }) => own.map((round) => ({ ...round, concurrency, subject }))));
  // Of a round that says nothing Little's law says nothing either.
  const fit = rounds.filter(({ unfit = null }) => unfit === null);
  const off = fit.flatMap(({ littleOff }) => littleOff ?? []);
  const invalid = rounds.filter((round) => round.invalid !== null);
  // One of each level: the rounds of a level mostly say the same.
  const examples = invalid.filter((round, index) => invalid.findIndex(({ concurrency, subject }) => concurrency === round.concurrency && subject === round.subject) === index).slice(0, 3);
  const unchecked = fit.filter((round) => round.littleOff === null && (round.throughputPerSecond ?? 0) > 0).length;
  return [
    ...(unchecked > 0 && record.workloadKind === 'encode' ? ["Little's law (throughput × time = number under way) was not checked: how many encodes were under way is known from their own times alone, and with those it always holds."] : []),
    ...(unchecked > 0 && record.workloadKind !== 'encode' ? [`Little's law (throughput × time = number under way) was not checked in ${plural(unchecked, 'round')}: how many were under way was not counted${record.workloadKind === 'http' ? ', which takes rounds of 2 s (--trial)' : ''}.`] : []),
    ...(off.length === 0 ? [] : [`Little's law (throughput × time = number under way) was checked in ${plural(off.length, 'round')}: at most ${offWords(Math.max(...off.map(Math.abs)))} off.`]),
    ...failures(rounds.filter((round) => round.invalid === null), record),
    ...(invalid.length === 0 ? [] : [`${plural(invalid.length, 'round')} of ${rounds.length} ${invalid.length === 1 ? 'does' : 'do'} not count. ${examples.map(({ concurrency, round, invalid: why }) => ended(`${concurrency} at once, round ${round + 1}: ${why ?? ''}`)).join(' ')}`]),
  ];
}

/** A few may fail in a round that counts; what they were in is said. */
function failures(counted: readonly { concurrency: number; failedShare?: number | null | undefined }[], { workloadKind }: ScalingRecord): string[] {
  const [most] = counted.map(({ concurrency, failedShare }) => ({ concurrency, share: failedShare ?? 0 })).sort((a, b) => b.share - a.share);
  if (most === undefined || most.share === 0) return [];
  return [`Of rounds that count up to ${formatShare(most.share)} of the ${workloadKind === 'http' ? 'requests' : 'jobs'} failed (${most.concurrency} at once): the throughput is of the others.`];
}

const ended = (sentence: string): string => (/[.!?]$/.test(sentence) ? sentence : `${sentence}.`);
