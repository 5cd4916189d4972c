import { afterAll, beforeAll, expect, it } from 'vitest';
import { createToolResolver } from '../../../src/host/tools.ts';
import { judgeSla } from '../../../src/judge/sla.ts';
import { observeLimits } from '../../../src/observe/observed.ts';
import { ServiceObserver } from '../../../src/observe/observer.ts';
import { observe } from '../../../src/observe/schema.ts';
import { serviceOptions } from '../../../src/service/options.ts';
import { startService, type RunningService } from '../../../src/service/service.ts';
import { embedded } from '../../support/context.ts';

type Load = (baseUrl: string) => Promise<unknown>;
const reads = (count: number): Load => (baseUrl) => Promise.all(Array.from({ length: count }, async () => (await fetch(`${baseUrl}/videos`)).text()));
/** Submits, and waits until every one of them is made. */
const videos = (count: number, json: (n: number) => object): Load => async (baseUrl) => {
  for (let n = 0; n < count; n += 1) {
    const submitted = await fetch(`${baseUrl}/videos`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ durationS: 0.1, width: 32, height: 32, ...json(n) }) });
    const { id } = (await submitted.json()) as { id: string };
    await expect.poll(async () => ((await (await fetch(`${baseUrl}/videos/${id}`)).json()) as { status: string }).status, { timeout: 20_000, interval: 20 }).toBe('done');
  }
};

/** Series as the packs have them, by the defect with which their limit is broken, and what makes it show. */
const SERIES: [string, object, Load][] = [
  ['pool-leak=100%', { name: 'pool-use', of: 'db_pool_connections{state="in_use"}', per: 'db_pool_size', take: 'max', unit: 'share', warning: 'at most 90%' }, async (baseUrl) => { for (let n = 0; n < 20; n += 1) await reads(1)(baseUrl); }],
  ['pool-leak=100%', { name: 'pool-waiting', of: 'db_pool_waiting', take: 'max', warning: 'at most 20' }, reads(60)],
  ['off=consumer', { name: 'consumer-lag', of: 'consumer_lag', across: 'max', take: 'last', critical: 'at most 5' }, videos(4, (seed) => ({ seed }))],
  ['off=cache', { name: 'cache-hits', of: 'video_cache_hits_total', per: ['video_cache_hits_total', 'video_cache_misses_total'], take: 'ratio', critical: 'at least 40%' }, videos(2, () => ({ seed: 77 }))],
  ['job-time=2500ms', { name: 'generation-time', histogram: 'video_job_duration_seconds', take: 'avg', critical: 'at most 2s' }, videos(1, () => ({ cache: false }))],
  ['errors=100%@/videos', { name: 'errors', of: 'http_requests_total{status=~"5.."}', take: 'rate', critical: 'at most 1/s' }, reads(20)],
];

let good: RunningService;
beforeAll(async () => {
  good = await startService(serviceOptions({}), createToolResolver());
});
afterAll(() => good.stop());

async function judged(series: object, load: Load, baseUrl: string): Promise<string[]> {
  const spec = observe.parse({ every: '100ms', series: [series] });
  const observer = await ServiceObserver.open(spec, { target: { baseUrl, label: baseUrl, headers: {}, addresses: [{ address: '127.0.0.1', family: 4 }] }, allowTargets: [], insecureTls: false, signal: new AbortController().signal });
  const watch = observer.watch();
  await load(baseUrl);
  await watch.stop();
  const { metrics, notMeasured } = observer.measured([{ round: 0, seen: await watch.seen(null) }]);
  await observer.close();
  return judgeSla(observeLimits(spec.series), { metrics, histograms: [], notMeasured }).map(({ verdict }) => verdict);
}

it.each(SERIES)('with %s the limit on %o is broken, without it is kept', async (faults, series, load) => {
  const bad = await embedded({ READYBENCH_FAULTS: faults });
  expect({ good: await judged(series, load, good.baseUrl), bad: await judged(series, load, bad.baseUrl) }).toEqual({ good: ['pass'], bad: ['breach'] });
});
