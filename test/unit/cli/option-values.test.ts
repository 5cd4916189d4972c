import { expect, it } from 'vitest';
import { path } from '../../../src/cli/option-values.ts';

it('a file or folder with an empty name is a variable that was not set', () => {
  expect(path('reports/mine')).toBe('reports/mine');
  for (const text of ['', ' ']) expect(() => path(text)).toThrow('It names nothing; is a variable in the command not set?');
});
