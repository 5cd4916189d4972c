import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { scalingRecord } from '../../support/capacity-records.ts';
import { project } from '../../support/plan-records.ts';
import { passRecord } from '../../support/records.ts';

it('a plan that cannot be written names the file and another way', async () => {
  const out = await mkdtemp(join(tmpdir(), 'readybench-plan-'));
  onTestFinished(() => rm(out, { recursive: true, force: true }));
  await mkdir(join(out, 'plan.json', 'in the way'), { recursive: true });
  const plan = await project({ 'a/result.json': passRecord(), 'b/scaling.json': scalingRecord() });
  await expect(plan({ out })).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining(`${join(out, 'plan.json')} cannot be written: `) as unknown, hint: 'choose another place with --out DIR' });
  expect(await readdir(out)).toEqual(['plan.json']);
});
