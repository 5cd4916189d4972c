import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { calibration } from '../../../src/compare/calibration-file.ts';
import { project } from '../../support/bench.ts';
import { ok, scenario } from './api-scenario.ts';

it('bench calibrate measures the noise of this machine, and a later run reads it and reports it', async () => {
  const { bench, validRun, record, read, dir } = await project({ 'api.yaml': scenario((await ok()).url, { rounds: 2, arrivals: 'constant', duration: '300ms', warmup: '50ms' }) });
  // A busy machine makes the generator late, and the rounds invalid: a person calibrates again, and so does this.
  const calibrate = async () => {
    for (let attempt = 1; ; attempt += 1) {
      const result = await bench(['calibrate', 'api.yaml', '--rounds', '6']);
      if (result.code !== 4 || attempt === 5) return result;
    }
  };
  const measured = await calibrate();
  expect(measured.code, measured.stderr).toBe(0);
  expect(measured.stdout).toContain('later runs on this machine read it');
  const [machine = ''] = await readdir(join(dir, 'baselines/api'));
  const [file = ''] = (await readdir(join(dir, 'baselines/api', machine))).filter((name) => name.startsWith('calibration-'));
  const found = calibration.parse(JSON.parse(await readFile(join(dir, 'baselines/api', machine, file), 'utf8')));
  expect(found).toMatchObject({ planned: 2, metrics: { 'health/latency.p50': { rounds: 6 }, 'health/throughput': { rounds: 6 } } });
  expect(await readdir(join(dir, 'baselines/api', machine))).toEqual([file]);

  await writeFile(join(dir, 'baselines/api', machine, file), '{');
  expect(await bench(['run', 'api.yaml'])).toMatchObject({ code: 2, stderr: expect.stringContaining('run bench calibrate again') as string });
  expect((await calibrate()).code).toBe(0);
  const mended = calibration.parse(JSON.parse(await readFile(join(dir, 'baselines/api', machine, file), 'utf8')));

  const later = await validRun(['api.yaml', '--rounds', '1']);
  expect(later.code, later.stdout).toBe(0);
  expect(later.stdout).toMatch(/calibrated on \d{4}-\d\d-\d\d;/);
  expect((await record()).scenarios[0]?.calibration?.metrics.find(({ metric }) => metric === 'health/latency.p50')?.noise).toBe(mended.metrics['health/latency.p50']?.noise);
  expect(await read(`reports/${(await record()).run.id}/report.html`)).toContain('Noise of this machine');
  expect(await read(`reports/${(await record()).run.id}/report.md`)).toContain('pairs for 10 %');
});
