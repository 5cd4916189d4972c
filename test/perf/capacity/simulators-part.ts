import { KNOWN, type Known } from '../../support/simulators/known.ts';
import { startSimulator } from '../../support/simulators/start.ts';
import { trueCapacity } from '../../support/simulators/truth.ts';
import { table, writeSection } from '../performance-doc.ts';
import { inLanes, inProcess } from './processes.ts';
import { meets, percent, Results, sharesOf, type Outcome } from './results.ts';
import type { SearchTask } from './search-over.ts';

/** Runs of each service from which on the bound is decided. */
const ENOUGH = 10;

/** Length of a trial at most: a search takes over two minutes. */
const TRIAL_MS = 3_000;

/** Whole searches over loopback against simulated services in processes of their own. `only`: part of the names. */
export async function simulatorsPart(only: string | null): Promise<boolean> {
  const runs = Number(process.env['RUNS'] ?? 10);
  const results = new Results('simulators');
  const overheadMs = await transportMs();
  process.stdout.write(`loopback and HTTP add ${overheadMs.toFixed(2)} ms\n`);
  const truthOf = ({ spec, limit }: Known): number => trueCapacity(spec, limit.kind === 'latency' ? { ...limit, ms: limit.ms - overheadMs } : limit);
  const truths = new Map(KNOWN.map((known) => [known.name, truthOf(known)]));
  // In turns, so that a stop leaves as many runs of each.
  const tasks = Array.from({ length: runs }, (_, run) => run).flatMap((run) =>
    KNOWN.filter(({ name }) => (only === null || name.includes(only)) && run >= results.of(name).length).map(({ name }): SearchTask => ({ name, truth: truths.get(name) ?? 0, run, trialMs: TRIAL_MS })),
  );
  await inLanes(tasks, 1, async (task, lane) => {
    const startedAt = performance.now();
    const outcome = await inProcess<Outcome>('search-over', task, lane).catch((error: unknown) => void process.stdout.write(`${task.name}: run ${task.run + 1} does not count, ${String(error)}\n`));
    if (outcome === undefined) return;
    results.add(task.name, [outcome]);
    process.stdout.write(`${task.name}: run ${task.run + 1}/${runs}, found / truth ${outcome.ratio?.toFixed(3) ?? 'nothing'}, ${outcome.covered ? 'covered' : 'not covered'}, ${((performance.now() - startedAt) / 1_000).toFixed(0)} s\n`);
    write(results, truths, overheadMs);
  });
  return write(results, truths, overheadMs);
}

function write(results: Results, truths: ReadonlyMap<string, number>, overheadMs: number): boolean {
  const measured = KNOWN.filter(({ name }) => results.of(name).length > 0).map((known) => ({ known, shares: sharesOf(results.of(known.name)) }));
  const met = measured.every(({ shares }) => meets(shares));
  const all = sharesOf(measured.flatMap(({ known }) => results.of(known.name)));
  const whole = KNOWN.every(({ name }) => results.of(name).length >= ENOUGH);
  const verdict = whole ? (met ? 'met' : 'NOT met') : `not decided, ${all.runs} of ${ENOUGH * KNOWN.length} runs are made: of these ${percent(all.within)} are within 10 % and ${percent(all.covered)} hold the truth`;
  const body = [
    `Whole searches with \`bench capacity\`'s own code over loopback, trials of at most ${TRIAL_MS / 1_000} s, against simulated services in processes of their own. What loopback and HTTP add (median of a service that answers after 10 ms, measured anew at each start on each machine; ${overheadMs.toFixed(2)} ms at the last) is taken off the limit; the capacities are those of the last. Searches in which the load generator was too late to say anything do not count and are made again.`,
    '',
    table(['service and limit', 'capacity', 'runs', 'found / truth, median', 'within 10 %', 'interval holds the truth'], measured.map(({ known, shares }) => [known.name, `${truths.get(known.name)?.toFixed(0) ?? ''}/s`, String(shares.runs), shares.median.toFixed(3), percent(shares.within), percent(shares.covered)])),
    '',
    `Bound: within 10 % and covered in at least nine of ten runs of each: ${verdict}. Repeat it with \`npm run perf:capacity simulators\`; it goes on where it was stopped.`,
  ].join('\n');
  writeSection('capacity-simulators', 'The search, over loopback', body, { page: 'capacity', where: results.machines() });
  return whole ? met : all.within >= 0.9 && all.covered >= 0.9;
}

/** What the way there and back adds to every answer. */
async function transportMs(): Promise<number> {
  const plainMs = 10;
  const simulator = await startSimulator({ kind: 'queue', servers: 100, serviceMs: plainMs, service: 'deterministic' });
  try {
    const times: number[] = [];
    for (let request = 0; request < 300; request += 1) {
      const startedAt = performance.now();
      await (await fetch(simulator.url)).text();
      times.push(performance.now() - startedAt);
    }
    return Math.max(0, (times.sort((a, b) => a - b)[150] ?? plainMs) - plainMs);
  } finally {
    await simulator.stop();
  }
}
