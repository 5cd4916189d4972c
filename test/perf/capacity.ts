/**
 * How true `bench capacity` is, in parts that go on where they were stopped and write their own section of docs/capacity.md:
 *
 *   npm run perf:capacity search                  the search with a fake clock (SEARCHES=1000)
 *   npm run perf:capacity simulators [name]       whole searches over loopback against simulated services (RUNS=10)
 *   npm run perf:capacity optimum                 the optimum of a service that loses coherence (RUNS=10)
 *
 * FRESH=1 forgets what was measured before. Without a part: all of them.
 */
import { optimumPart } from './capacity/optimum-part.ts';
import { searchPart } from './capacity/search-part.ts';
import { simulatorsPart } from './capacity/simulators-part.ts';

const [part, name = null] = process.argv.slice(2);
const parts: Record<string, () => Promise<boolean>> = { search: searchPart, simulators: () => simulatorsPart(name), optimum: optimumPart };
const chosen = part === undefined ? Object.values(parts) : [parts[part]];
for (const run of chosen) {
  if (run === undefined) throw new Error(`there is no part ${part ?? ''}: ${Object.keys(parts).join(', ')}`);
  if (!(await run())) process.exitCode = 1;
}
