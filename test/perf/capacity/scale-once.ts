/** One `bench capacity scale` over loopback as a process of its own: `scale-once.ts '<{ run, levels }>'` prints the optimum found as JSON, or null. */
import { scaleCapacity } from '../../../src/scale-capacity.ts';
import { SHARED } from '../../support/simulators/known.ts';
import { NEVER, withSimulator } from './request.ts';

export interface Found {
  concurrency: number;
  throughput: number;
  low: number | null;
  high: number | null;
}

const { run, levels } = JSON.parse(process.argv[2] ?? '') as { run: number; levels: number[] };
const found = await withSimulator(SHARED, { load: '{ model: closed, connections: 1, duration: 1s }', sla: null }, async (request): Promise<Found | null> => {
  const { record, failure } = await scaleCapacity({ ...request, seed: run + 1, rounds: 3, workload: null, levels, trialMs: null }, () => undefined, NEVER);
  if (failure !== undefined) throw new Error('the run failed', { cause: failure });
  const fit = record.series[0]?.fit;
  return fit?.type === 'fitted' && fit.peak.type === 'at' ? fit.peak : null;
});
process.stdout.write(JSON.stringify(found));
