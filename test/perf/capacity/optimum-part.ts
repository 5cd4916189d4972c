import { throughputAt } from '../../../src/capacity/scaling/law.ts';
import { SHARED } from '../../support/simulators/known.ts';
import { table, writeSection } from '../performance-doc.ts';
import { inLanes, inProcess } from './processes.ts';
import { meets, percent, Results, sharesOf, type Outcome } from './results.ts';
import type { Found } from './scale-once.ts';

const LEVELS = [1, 2, 4, 8, 12, 16, 24];

/** A service that loses coherence: the concurrency and throughput of its optimum, by the fitted law, against the true ones. */
export async function optimumPart(): Promise<boolean> {
  const runs = Number(process.env['RUNS'] ?? 10);
  const results = new Results('optimum');
  const at = Math.sqrt((1 - SHARED.sigma) / SHARED.kappa);
  const truth = { concurrency: at, throughput: throughputAt(SHARED, at) };
  const left = Array.from({ length: runs }, (_, run) => run).slice(results.of('concurrency').length);
  await inLanes(left, 1, async (run) => {
    const found = await inProcess<Found | null>('scale-once', { run, levels: LEVELS });
    results.add('concurrency', [outcome(found?.concurrency ?? null, truth.concurrency, found)]);
    results.add('throughput', [outcome(found?.throughput ?? null, truth.throughput, null)]);
    process.stdout.write(`optimum: run ${run + 1}/${runs}, ${found === null ? 'none' : `${found.throughput.toFixed(0)}/s at ${found.concurrency.toFixed(1)}`}; truth ${truth.throughput.toFixed(0)}/s at ${truth.concurrency.toFixed(1)}\n`);
  });
  const [where, much] = [sharesOf(results.of('concurrency')), sharesOf(results.of('throughput'))];
  const met = meets(where) && much.within >= 0.9;
  const body = [
    `\`bench capacity scale\` over loopback (levels ${LEVELS.join(', ')}, three rounds of 3 s) against a service that is shared by the law itself: σ ${SHARED.sigma}, κ ${SHARED.kappa}, λ ${SHARED.lambda}/s.`,
    '',
    table(['optimum', 'truth', 'runs', 'found / truth, median', 'within 10 %', 'interval holds the truth'], [
      ['at once', truth.concurrency.toFixed(1), String(where.runs), where.median.toFixed(3), percent(where.within), percent(where.covered)],
      ['throughput', `${truth.throughput.toFixed(0)}/s`, String(much.runs), much.median.toFixed(3), percent(much.within), '–'],
    ]),
    '',
    `Bound: within 10 % and covered in at least nine of ten: ${met ? 'met' : 'NOT met'}. Repeat it with \`npm run perf:capacity optimum\`; it goes on where it was stopped.`,
  ].join('\n');
  process.stdout.write(`\n${body}\n`);
  writeSection('capacity-optimum', 'The optimum of a service that loses coherence', body, { page: 'capacity', where: results.machines() });
  return met;
}

function outcome(found: number | null, truth: number, interval: Found | null): Outcome {
  return { ratio: found === null ? null : found / truth, covered: interval !== null && interval.low !== null && interval.low <= truth && truth <= (interval.high ?? Infinity) };
}
