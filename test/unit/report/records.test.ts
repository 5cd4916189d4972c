import { describe, expect, it } from 'vitest';
import { runRecord } from '../../../src/record/schema.ts';
import * as records from '../../support/records.ts';

describe('the records of the report tests', () => {
  it.each(Object.entries({ ...records }).filter(([name]) => name.endsWith('Record') && name !== 'recordOf' && name !== 'hostileRecord'))('%s is a run record', (_name, build) => {
    if (typeof build !== 'function') return;
    const built = (build as () => unknown)();
    expect(runRecord.parse(built)).toEqual(built);
  });
  it('hostileRecord is one but for the fields that become names of files and days: reports bear even those', () => {
    const hostile = records.hostileRecord();
    expect(runRecord.safeParse(hostile).error?.issues.map(({ path }) => path.join('.'))).toEqual(['run.id', 'run.startedAt', 'environment.hash']);
    const { id, startedAt } = records.passRecord().run;
    const tame = { ...hostile, run: { ...hostile.run, id, startedAt }, environment: { ...hostile.environment, hash: 'h' } };
    expect(runRecord.parse(tame)).toEqual(tame);
  });
});
