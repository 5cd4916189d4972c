import type { CapacityRecord, CapacityVerification } from '../../record/capacity.ts';
import { formatValue } from '../values.ts';
import { formatMs, formatNumber, formatShare } from '../../units.ts';

/** What the search found, for a heading and a sentence below it. Pure. */
export function capacityHeadline({ outcome, estimate, run, options, levels, gaveWay, outOfTime }: CapacityRecord): { mark: 'FOUND' | 'NOT FOUND' | 'UNFINISHED'; sentence: string } {
  if (outcome === null && outOfTime === true) return { mark: 'NOT FOUND', sentence: `the time of the profile ${run.profile} was over before one rate was decided` };
  if (outcome === null) return { mark: 'UNFINISHED', sentence: `the search was ${run.status === 'interrupted' ? 'interrupted' : 'not finished'} after ${levels.length} ${levels.length === 1 ? 'level' : 'levels'}` };
  switch (outcome.type) {
    case 'found':
      if (estimate === null) return { mark: 'FOUND', sentence: `about ${perSecond(outcome.keptPerSecond)} keep every limit` };
      // Trials that went both ways pull the estimate up to the rate that failed, of which nobody may say that it keeps them.
      return estimate.ratePerSecond >= outcome.failedPerSecond
        ? { mark: 'FOUND', sentence: `${perSecond(outcome.keptPerSecond)} keep every limit, ${perSecond(outcome.failedPerSecond)} do not, though single trials there or above did (95 % interval ${perSecond(estimate.low)} to ${perSecond(estimate.high)})` }
        : { mark: 'FOUND', sentence: `${perSecond(estimate.ratePerSecond)} keep every limit (95 % interval ${perSecond(estimate.low)} to ${perSecond(estimate.high)})` };
    case 'failed-at-lowest':
      if (outOfTime === true && gaveWay?.resource !== 'set-up') return { mark: 'NOT FOUND', sentence: `a limit is not kept at ${perSecond(outcome.ratePerSecond)}, and the time of the profile ${run.profile} was over before a lower rate was decided` };
      return gaveWay?.resource === 'set-up'
        ? { mark: 'NOT FOUND', sentence: `the set-up failed at the lowest rate, ${perSecond(outcome.ratePerSecond)}: nothing is known about the capacity` }
        : { mark: 'NOT FOUND', sentence: `a limit is not kept even at the lowest rate, ${perSecond(outcome.ratePerSecond)}` };
    case 'kept-at-highest':
      return { mark: 'FOUND', sentence: `every limit is kept at ${perSecond(outcome.ratePerSecond)}, the highest rate tried${outcome.ratePerSecond >= options.upToPerSecond ? ' (--up-to)' : ''}: the capacity is higher` };
    case 'generator-limited':
      return outcome.keptPerSecond === null
        ? { mark: 'NOT FOUND', sentence: `the load generator could not keep ${perSecond(outcome.generatorPerSecond)} itself: nothing is known about the service` }
        : { mark: 'FOUND', sentence: `at least ${perSecond(outcome.keptPerSecond)} keep every limit; above that the load generator gave way, not the service` };
  }
}

/** The sentences below: what gave way, whether 90 % were held, what to do next. `resume`: what to type behind `--resume`. */
export function capacityNotes(record: CapacityRecord, resume: string): string[] {
  const { gaveWay, verification, outcome, run } = record;
  const notes: string[] = [];
  if (gaveWay !== null) notes.push(`First to give way: ${gaveWay.metric}. ${gaveWay.sentence}`);
  if (record.madeLess !== undefined && record.madeLess !== null) notes.push(`At ${perSecond(record.madeLess.ratePerSecond)} every limit was kept, but only ${perSecond(record.madeLess.madePerSecond)} were made: the trials were too short for the queue to grow past the limit. Count on what was made; bench capacity plan does.`);
  if (verification !== null) notes.push(heldSentence(verification));
  if (outcome?.type === 'generator-limited') notes.push('Add workers (load.workers), free this machine, or generate the load from another one.');
  if (outcome?.type === 'failed-at-lowest') notes.push(gaveWay?.resource === 'set-up' ? 'Correct the set-up or the target, and search again.' : record.outOfTime === true ? MORE_TIME : 'Begin lower with --from, or look at whether the limit is realistic for a single request.');
  if (record.outOfTime === true && outcome?.type === 'found') notes.push(`The time of the profile ${run.profile} ended the search with ${perSecond(outcome.keptPerSecond)} kept and ${perSecond(outcome.failedPerSecond)} not, a gap of ${formatShare(outcome.failedPerSecond / outcome.keptPerSecond - 1)}: --profile nightly takes the time it needs.`);
  if (record.outOfTime === true && outcome?.type === 'kept-at-highest') notes.push(`The time of the profile ${run.profile} ended the search: begin higher with --from.`);
  if (outcome === null && record.outOfTime === true) notes.push(MORE_TIME);
  else if (run.status !== 'complete') notes.push(goOn(run.command, resume));
  return notes;
}

const MORE_TIME = 'Give it more time with --profile nightly, shorter trials with --trial, or a rate nearer to what the service takes with --from.';

/** The command that goes on with an interrupted measurement. */
export const goOn = (command: string, resume: string): string => `Go on from here: ${command.replace(/ --resume(?: |=)(?:'[^']*'|\S+)/, '')} --resume ${resume}`;

function heldSentence({ ratePerSecond, durationMs, kept, figures, why }: CapacityVerification): string {
  const rate = `${perSecond(ratePerSecond)} (90 %)`;
  if (kept === null && durationMs === 0) return `${rate} could not be verified: ${why ?? 'The time was over.'} That says nothing of the service; --profile nightly takes the time it needs, and so may a shorter --trial or a rate nearer to this with --from.`;
  if (kept === null) return `${rate} could not be verified: ${why ?? 'The load generator gave way.'} That says nothing of the service; search again when the machine is quiet, or generate the load from another one.`;
  if (kept) return `${rate} were held for ${formatMs(durationMs)} with every limit kept.`;
  const broken = figures.filter((figure) => !figure.kept).map(({ metric, operator, limit, value, unit }) => `${metric} ${value === null ? 'not measured' : `${formatValue(value, unit)} (${operator === '<=' ? 'at most' : 'at least'} ${formatValue(limit, unit)})`}`);
  return `${rate} were NOT held for ${formatMs(durationMs)}: ${broken.join(', ')}. Plan with less, and search again when the machine is quiet.`;
}

/** The levels as rows, by rate: rate, trials kept, completed, worst figure, in flight, machine busy, verdict. */
export function levelRows({ levels }: CapacityRecord): string[][] {
  return [...levels]
    .sort((a, b) => a.ratePerSecond - b.ratePerSecond || (a.length === 'short' ? -1 : 1))
    .map(({ ratePerSecond, length, trials, verdict }) => {
      const last = trials.at(-1);
      const worst = trials.flatMap(({ figures }) => figures).filter(({ value }) => value !== null).sort((a, b) => share(b) - share(a))[0];
      const busy = trials.map(({ machineBusy }) => machineBusy).filter((value) => value !== null);
      return [
        perSecond(ratePerSecond),
        length,
        `${trials.filter(({ kept }) => kept).length}/${trials.length}`,
        last?.completedPerSecond === null || last === undefined ? '–' : perSecond(last.completedPerSecond),
        worst === undefined ? '–' : `${worst.metric} ${worst.value === null ? '–' : formatValue(worst.value, worst.unit)} / ${formatValue(worst.limit, worst.unit)}`,
        last?.inFlightAtEnd === null || last === undefined ? '–' : formatNumber(last.inFlightAtEnd),
        busy.length === 0 ? '–' : formatShare(Math.max(...busy)),
        verdict === undefined ? '–' : VERDICTS[verdict],
      ];
    });
}

export const LEVEL_COLUMNS = ['rate', 'trials', 'kept', 'completed', 'nearest to its limit, worst trial / limit', 'in flight', 'machine busy', 'verdict'] as const;

const VERDICTS = { kept: 'kept', failed: 'not kept', open: 'undecided', generator: 'generator gave way', superseded: 'see the long trials' } as const;

const perSecond = (rate: number): string => `${formatNumber(rate)}/s`;

/** How much of its limit a figure uses up. */
function share({ value, limit, operator }: { value: number | null; limit: number; operator: '<=' | '>=' }): number {
  if (value === null) return Infinity;
  if (operator === '<=') return limit === 0 ? (value > 0 ? Infinity : 0) : value / limit;
  return value === 0 ? Infinity : limit / value;
}
