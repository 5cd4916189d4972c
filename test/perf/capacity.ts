/**
 * How true the search for the capacity is: simulated searches against queues whose capacity is known exactly.
 *
 *   npm run perf:capacity          (SEARCHES=1000)
 */
import { median } from 'simple-statistics';
import { trialDuration, TRIAL_SPECS } from '../../src/capacity/duration.ts';
import { seededRandom } from '../../src/random.ts';
import { mmcCapacity, simulateQueue } from '../support/queues/queue.ts';
import { simulateSearch } from '../support/queues/search-simulation.ts';
import { table, writeSection } from './performance-doc.ts';

const searches = Number(process.env['SEARCHES'] ?? 1_000);
const QUANTILE = 0.95;
const rows: string[][] = [];
let met = true;
for (const [profile, spec] of Object.entries(TRIAL_SPECS)) {
  for (const { servers, serviceMs, limitMs } of [{ servers: 1, serviceMs: 10, limitMs: 100 }, { servers: 2, serviceMs: 10, limitMs: 60 }, { servers: 8, serviceMs: 20, limitMs: 100 }, { servers: 8, serviceMs: 2, limitMs: 10 }]) {
    const truth = mmcCapacity({ servers, serviceMs }, QUANTILE, limitMs);
    const ratios: number[] = [];
    let covered = 0;
    for (let seed = 0; seed < searches; seed += 1) {
      const random = seededRandom(1_000_003 * servers + seed);
      const options = { fromPerSecond: (truth / 8) * (0.8 + 0.4 * random()), upToPerSecond: 100_000, resolution: 0.05 };
      const { estimate } = simulateSearch((rate, length) => simulateQueue({ servers, serviceMs, service: 'exponential' }, rate, trialDuration(rate, length, spec), random), { quantile: QUANTILE, limitMs }, options);
      if (estimate === null) continue;
      ratios.push(estimate.ratePerSecond / truth);
      if (estimate.low <= truth && truth <= estimate.high) covered += 1;
    }
    const within = ratios.filter((ratio) => Math.abs(ratio - 1) <= 0.1).length / searches;
    met &&= profile !== 'thorough' || (within >= 0.9 && covered / searches >= 0.9);
    rows.push([profile, `M/M/${servers}, ${serviceMs} ms, p95 ≤ ${limitMs} ms`, `${truth.toFixed(0)}/s`, median(ratios).toFixed(3), `${(100 * within).toFixed(1)} %`, `${((100 * covered) / searches).toFixed(1)} %`]);
    process.stdout.write(`${rows.at(-1)?.join('  ') ?? ''}\n`);
  }
}
const body = [
  `${searches} simulated searches each (seeded Poisson arrivals, trials of the length that the profile gives them), against queues whose capacity is known exactly.`,
  '',
  table(['trials', 'service and limit', 'capacity', 'found / truth, median', 'within 10 %', 'interval holds the truth'], rows),
  '',
  `Bound: within 10 % and covered in at least nine of ten, with the trials of \`--profile nightly\`: ${met ? 'met' : 'NOT met'}. Repeat it with \`npm run perf:capacity\`.`,
].join('\n');
process.stdout.write(`\n${body}\n`);
writeSection('capacity', 'Search for the capacity', body);
if (!met) process.exitCode = 1;
