import { expect, it } from 'vitest';
import { REPORTERS } from '../../../src/report/reporters.ts';
import { invalidRecord } from '../../support/records.ts';

it.each(['terminal', 'markdown', 'html'] as const)('%s says once that an invalid run was not compared, and not for every metric', (name) => {
  const text = REPORTERS[name].map(({ render }) => render(invalidRecord(), { color: false, width: 100, files: [] })).join('');
  expect(text.match(/not compared: the measurement is invalid/g)).toHaveLength(1);
  expect(text).toContain('health: not compared: the measurement is invalid (7 metrics)');
});
