import type { CapacityRecord } from '../../record/capacity.ts';
import { formatValue } from '../values.ts';
import { formatMs, formatNumber, formatShare } from '../../units.ts';

/** What the search found, for a heading and a sentence below it. Pure. */
export function capacityHeadline({ outcome, estimate, run, options, levels }: CapacityRecord): { mark: 'FOUND' | 'NOT FOUND' | 'UNFINISHED'; sentence: string } {
  if (outcome === null) return { mark: 'UNFINISHED', sentence: `the search was ${run.status === 'interrupted' ? 'interrupted' : 'not finished'} after ${levels.length} ${levels.length === 1 ? 'level' : 'levels'}` };
  switch (outcome.type) {
    case 'found':
      return estimate === null
        ? { mark: 'FOUND', sentence: `about ${perSecond(outcome.keptPerSecond)} keep every limit` }
        : { mark: 'FOUND', sentence: `${perSecond(estimate.ratePerSecond)} keep every limit (95 % interval ${perSecond(estimate.low)} to ${perSecond(estimate.high)})` };
    case 'failed-at-lowest':
      return { mark: 'NOT FOUND', sentence: `a limit is not kept even at the lowest rate, ${perSecond(outcome.ratePerSecond)}` };
    case 'kept-at-highest':
      return { mark: 'FOUND', sentence: `every limit is kept at ${perSecond(outcome.ratePerSecond)}, the highest rate tried${outcome.ratePerSecond >= options.upToPerSecond ? ' (--up-to)' : ''}: the capacity is higher` };
    case 'generator-limited':
      return outcome.keptPerSecond === null
        ? { mark: 'NOT FOUND', sentence: `the load generator could not keep ${perSecond(outcome.generatorPerSecond)} itself: nothing is known about the service` }
        : { mark: 'FOUND', sentence: `at least ${perSecond(outcome.keptPerSecond)} keep every limit; above that the load generator gave way, not the service` };
  }
}

/** The sentences below: what gave way, whether 90 % were held, what to do next. */
export function capacityNotes(record: CapacityRecord): string[] {
  const { gaveWay, verification, outcome, levels, run } = record;
  const notes: string[] = [];
  if (gaveWay !== null) notes.push(`First to give way: ${gaveWay.metric}. ${gaveWay.sentence}`);
  if (verification !== null) {
    const broken = verification.figures.filter(({ kept }) => !kept).map(({ metric, value, unit }) => `${metric} ${value === null ? 'not measured' : formatValue(value, unit)}`);
    notes.push(verification.kept ? `${perSecond(verification.ratePerSecond)} (90 %) were held for ${formatMs(verification.durationMs)} with every limit kept.` : `${perSecond(verification.ratePerSecond)} (90 %) were NOT held for ${formatMs(verification.durationMs)}: ${broken.join(', ')}. Plan with less, and search again when the machine is quiet.`);
  }
  if (outcome?.type === 'generator-limited') {
    const why = levels.find(({ together }) => together === 'generator')?.why;
    notes.push(`${why ?? 'The generator was saturated.'} Add workers (load.workers), free this machine, or generate the load from another one.`);
  }
  if (outcome?.type === 'failed-at-lowest') notes.push('Begin lower with --from, or look at whether the limit is realistic for a single request.');
  if (record.outOfTime === true && outcome?.type === 'found') notes.push(`The time of the profile ${run.profile} ended the search with ${perSecond(outcome.keptPerSecond)} kept and ${perSecond(outcome.failedPerSecond)} not, a gap of ${formatShare(outcome.failedPerSecond / outcome.keptPerSecond - 1)}: --profile nightly takes the time it needs.`);
  if (record.outOfTime === true && outcome?.type === 'kept-at-highest') notes.push(`The time of the profile ${run.profile} ended the search: begin higher with --from.`);
  if (outcome === null) notes.push(`Go on from here: ${run.command.replace(/ --resume \S+/, '')} --resume ${run.id}`);
  return notes;
}

/** The levels as rows, by rate: rate, trials kept, completed, worst figure, in flight, machine busy, verdict. */
export function levelRows({ levels }: CapacityRecord): string[][] {
  return [...levels]
    .sort((a, b) => a.ratePerSecond - b.ratePerSecond || (a.length === 'short' ? -1 : 1))
    .map(({ ratePerSecond, length, trials, together }) => {
      const last = trials.at(-1);
      const worst = trials.flatMap(({ figures }) => figures).filter(({ value }) => value !== null).sort((a, b) => share(b) - share(a))[0];
      const busy = trials.map(({ machineBusy }) => machineBusy).filter((value) => value !== null);
      return [
        perSecond(ratePerSecond),
        length,
        `${trials.filter(({ kept }) => kept).length}/${trials.length}`,
        last?.completedPerSecond === null || last === undefined ? '–' : perSecond(last.completedPerSecond),
        worst === undefined ? '–' : `${worst.metric} ${worst.value === null ? '–' : formatValue(worst.value, worst.unit)}`,
        last?.inFlightAtEnd === null || last === undefined ? '–' : formatNumber(last.inFlightAtEnd),
        busy.length === 0 ? '–' : formatShare(Math.max(...busy)),
        VERDICTS[together],
      ];
    });
}

export const LEVEL_COLUMNS = ['rate', 'trials', 'kept', 'completed', 'nearest to its limit, worst trial', 'in flight', 'machine busy', 'verdict'] as const;

const VERDICTS = { kept: 'kept', failed: 'not kept', open: 'undecided', generator: 'generator gave way' } as const;

const perSecond = (rate: number): string => `${formatNumber(rate)}/s`;

/** How much of its limit a figure uses up. */
function share({ value, limit, operator }: { value: number | null; limit: number; operator: '<=' | '>=' }): number {
  if (value === null) return Infinity;
  if (operator === '<=') return limit === 0 ? (value > 0 ? Infinity : 0) : value / limit;
  return value === 0 ? Infinity : limit / value;
}
