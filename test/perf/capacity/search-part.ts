import { TRIAL_SPECS } from '../../../src/capacity/duration.ts';
import { KNOWN } from '../../support/simulators/known.ts';
import { trueCapacity } from '../../support/simulators/truth.ts';
import { table, writeSection } from '../performance-doc.ts';
import { inLanes, inProcess } from './processes.ts';
import { meets, percent, Results, sharesOf, type Outcome } from './results.ts';
import type { SimulationTask } from './simulate.ts';

const BATCH = 50;

/** The search with a fake clock against services whose capacity is known. */
export async function searchPart(): Promise<boolean> {
  const searches = Number(process.env['SEARCHES'] ?? 1_000);
  const results = new Results('search');
  const truths = new Map(KNOWN.map(({ name, spec, limit }) => [name, trueCapacity(spec, limit)]));
  const tasks = (Object.keys(TRIAL_SPECS) as (keyof typeof TRIAL_SPECS)[]).flatMap((profile) =>
    KNOWN.flatMap(({ name }) => {
      const done = results.of(`${profile} ${name}`).length;
      return Array.from({ length: Math.max(0, Math.ceil((searches - done) / BATCH)) }, (_, batch): SimulationTask => ({ name, profile, truth: truths.get(name) ?? 0, from: done + batch * BATCH, to: Math.min(searches, done + (batch + 1) * BATCH) }));
    }),
  );
  let ended = 0;
  await inLanes(tasks, 2, async (task) => {
    const key = `${task.profile} ${task.name}`;
    results.add(key, await inProcess<Outcome[]>('simulate', task));
    ended += 1;
    process.stdout.write(`${key}: ${results.of(key).length} searches (${ended} of ${tasks.length} batches)\n`);
  });

  const rows = Object.keys(TRIAL_SPECS).flatMap((profile) =>
    KNOWN.map(({ name }) => {
      const shares = sharesOf(results.of(`${profile} ${name}`));
      return { shares, cells: [profile, name, `${truths.get(name)?.toFixed(0) ?? ''}/s`, shares.median.toFixed(3), percent(shares.within), percent(shares.covered)] };
    }),
  );
  const met = rows.every(({ shares }) => meets(shares));
  const body = [
    `${searches} simulated searches each (seeded Poisson arrivals, a fake clock, trials of the length that the profile gives them), against services whose capacity is known: of M/M/c by its law, of the others by a simulation of 400,000 requests at each rate.`,
    '',
    table(['trials', 'service and limit', 'capacity', 'found / truth, median', 'within 10 %', 'interval holds the truth'], rows.map(({ cells }) => cells)),
    '',
    `Bound: within 10 % and covered in at least nine of ten, with the trials of either profile (thorough: all but quick and smoke): ${met ? 'met' : 'NOT met'}. Repeat it with \`npm run perf:capacity search\`.`,
  ].join('\n');
  process.stdout.write(`\n${body}\n`);
  writeSection('capacity-search', 'The search, simulated', body, { page: 'capacity', where: results.machines() });
  return met;
}
