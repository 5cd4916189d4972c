import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { project } from '../../support/bench.ts';

const PACKS = [
  ['video-translation', 'readiness', 'auth', 'readiness: auth: without a credential it is answered 200'],
  ['data-platform', 'readiness', 'pagination', 'readiness: pagination: a page of 1 has 2 entries'],
  ['video-transcriber', 'probes', undefined, ''],
  ['web-app', 'readiness', 'rate-limit', 'readiness: rateLimit: 30 requests at once, three times the limit of 10/s, and none was answered 429'],
] as const;

it.each(PACKS)('the checks of %s pass on the embedded service, and name the defect that is switched on', async (pack, filter, guard, sentence) => {
  const { bench } = await project();
  const args = ['run', fileURLToPath(new URL(`../../../scenarios/${pack}`, import.meta.url)), '--filter', filter, '--no-compare', '--no-control'];
  const good = await bench(args);
  expect({ pack, code: good.code, said: good.code === 0 ? '' : good.stdout }).toEqual({ pack, code: 0, said: '' });
  if (guard === undefined) return;
  const bad = await bench(args, { READYBENCH_FAULTS: `off=${guard}` });
  expect(bad.code).toBe(1);
  expect(bad.stdout.replaceAll(/\s+/g, ' ')).toContain(sentence);
});
