import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import type { RunRecord } from '../../../src/record/schema.ts';
import { renderOpenMetrics } from '../../../src/report/openmetrics.ts';
import * as records from '../../support/records.ts';

const has = spawnSync('promtool', ['--version']).status === 0;
const RECORDS: [string, RunRecord][] = Object.entries(records).flatMap(([name, make]) => (name.endsWith('Record') && typeof make === 'function' ? [[name, (make as () => RunRecord)()] as [string, RunRecord]] : []));

it.skipIf(!has).each(RECORDS)('promtool check metrics has nothing to say of the OpenMetrics report of %s (needs promtool)', (_name, record) => {
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: renderOpenMetrics(record), encoding: 'utf8' });
  expect({ status, said: `${stdout}${stderr}` }).toEqual({ status: 0, said: '' });
});
