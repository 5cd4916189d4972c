import type { JobDetail, WorkloadRecord } from '../record/schema.ts';
import { formatMs } from '../units.ts';
import { formatCount, formatMaybe, formatValue, plural } from './values.ts';

/** A workload of jobs as every report shows it. */
export interface JobView {
  /** How many, how many at once, and how their ends were seen. */
  intro: string;
  /** Headings with their figures. */
  figures: [string, string][];
  failures: JobDetail['failures'];
}

const WORDS: Readonly<Record<string, string>> = {
  done: 'done',
  failed: 'failed',
  timeout: 'timed out',
  rejected: 'rejected at submit',
  'wrong-result': 'with a wrong result',
  lost: 'lost',
  unreachable: 'left without an answer',
  unclear: 'in an unknown state',
  duplicate: 'confused with another',
  'not-submitted': 'not submitted',
  interrupted: 'interrupted',
};

export const outcomeWords = (outcome: string): string => WORDS[outcome] ?? outcome;

export function jobView({ metrics, detail }: WorkloadRecord): JobView | null {
  if (detail.kind !== 'job') return null;
  const of = (id: string): string => {
    const found = metrics.find((metric) => metric.id === id && Object.keys(metric.labels).length === 0);
    return formatMaybe(found?.value, found?.unit ?? 'ms');
  };
  const total = Object.entries(detail.outcomes).reduce((sum, [, count]) => sum + count, 0);
  const bad = Object.entries(detail.outcomes).filter(([outcome]) => outcome !== 'done');
  return {
    intro: introOf(detail),
    figures: [
      ['jobs', formatCount(total)],
      ['done', formatCount(detail.outcomes['done'] ?? 0)],
      ['not done', bad.length === 0 ? '0' : bad.map(([outcome, count]) => `${formatCount(count)} ${outcomeWords(outcome)}`).join(', ')],
      ['p50', of('completion.p50')],
      ['p95', of('completion.p95')],
      ['queue p50', of('queueWait.p50')],
      ['work p50', of('processing.p50')],
      ['makespan', of('batch.makespan')],
      ['videos/h', of('batch.videosPerHour').replace(/\/h$/, '')],
    ],
    failures: detail.failures,
  };
}

function introOf({ jobs, concurrency, ratePerSecond, pollIntervalMs, lateBy }: JobDetail): string {
  const many = `${plural(jobs, 'job')} a round, ${concurrency === null ? `${formatValue(ratePerSecond ?? 0, '1/s')} submitted` : `${formatCount(concurrency)} at once`}`;
  if (pollIntervalMs === null) return `${many}, ends told by webhook`;
  return `${many}, polled every ${formatMs(pollIntervalMs)}${lateBy === null ? '' : `: ends seen at most ${formatMs(lateBy.maxMs)} late (median ${formatMs(lateBy.medianMs)})`}`;
}
