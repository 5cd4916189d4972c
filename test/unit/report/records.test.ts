import { describe, expect, it } from 'vitest';
import { runRecord } from '../../../src/record/schema.ts';
import * as records from '../../support/records.ts';

describe('the records of the report tests', () => {
  it.each(Object.entries({ ...records }).filter(([name]) => name.endsWith('Record') && name !== 'recordOf'))('%s is a run record', (_name, build) => {
    if (typeof build !== 'function') return;
    const built = (build as () => unknown)();
    expect(runRecord.parse(built)).toEqual(built);
  });
});
