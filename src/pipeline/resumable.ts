import { BenchError, EXIT } from '../errors.ts';
import type { CapacityRecord } from '../record/capacity.ts';
import type { SlaLimit } from '../record/limits.ts';
import type { ChosenScenario } from './choose.ts';

/** What a measurement that is to go on must agree in with the one that was interrupted. */
export interface Identity {
  scenario: Pick<ChosenScenario, 'sha256' | 'target'>;
  workload: string;
  profile: string;
  environmentHash: string;
  /** Secrets taken out, as the record has it. */
  text: (value: string) => string;
}

type Stored = Pick<CapacityRecord, 'run' | 'environment' | 'scenario' | 'workload' | 'target'>;

/** Throws a BenchError (2) where what was interrupted measured something else: its figures are no part of this. `what`: search, scaling. */
export function requireSame(what: string, stored: Stored, now: Identity, further: string | null = null): void {
  const target = now.scenario.target === null ? null : now.text(now.scenario.target.baseUrl);
  const other = [
    stored.scenario.sha256 === now.scenario.sha256 ? null : 'the scenario has changed since',
    stored.workload === now.workload ? null : `it measured ${stored.workload}, not ${now.workload}`,
    stored.run.profile === now.profile ? null : `it ran in the profile ${stored.run.profile}, not in ${now.profile}`,
    // Without a level nothing was sent anywhere.
    stored.target === null || stored.target === target ? null : `it measured ${stored.target}, not ${target ?? 'this machine'}`,
    further,
    stored.environment.hash === now.environmentHash ? null : 'it ran on another machine',
  ].find((each) => each !== null);
  if (other !== undefined) throw new BenchError(EXIT.usage, `the ${what} ${stored.run.id} cannot go on: ${other}`, { hint: 'Start a new one without --resume.' });
}

/** Which limit is another one now, in words; null where all are as they were. */
export function otherLimits(stored: readonly SlaLimit[] | undefined, now: readonly SlaLimit[]): string | null {
  if (stored === undefined) return 'an earlier version wrote it, without the limits that it searched for';
  const text = ({ id, labels, operator, limit }: SlaLimit): string => `${id}${Object.keys(labels).length === 0 ? '' : JSON.stringify(labels)} ${operator} ${limit}`;
  const [before, after] = [stored.map(text), now.map(text)];
  const gone = before.filter((each) => !after.includes(each));
  const come = after.filter((each) => !before.includes(each));
  if (gone.length + come.length === 0) return null;
  return `its limits have changed since: ${[gone.length === 0 ? null : `then ${gone.join(', ')}`, come.length === 0 ? null : `now ${come.join(', ')}`].filter((each) => each !== null).join('; ')}`;
}
