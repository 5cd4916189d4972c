import { expect, it } from 'vitest';
import { reportersOf } from '../../../src/cli/deliver.ts';

it('--json is the record in place of the terminal, beside whatever else is to be written', () => {
  expect(reportersOf({ reporter: ['terminal', 'markdown', 'html', 'readiness'], json: true })).toEqual(['json', 'markdown', 'html', 'readiness']);
  expect(reportersOf({ reporter: ['json', 'junit'], json: true })).toEqual(['json', 'junit']);
  expect(reportersOf({ reporter: ['terminal', 'junit'] })).toEqual(['terminal', 'junit']);
  expect(() => reportersOf({ reporter: ['xml'], json: true })).toThrow(/unknown reporter "xml"/);
});
