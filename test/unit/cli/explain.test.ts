import { expect, it, vi } from 'vitest';
import { explain } from '../../../src/cli/explain.ts';

it('no more files to be opened is a limit to raise, no bug', () => {
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    expect(explain(Object.assign(new Error('EMFILE: too many open files, open x'), { code: 'EMFILE' }))).toBe(2);
    expect(said.mock.calls.map(([text]) => String(text)).join('')).toMatch(/EMFILE: too many open files, open x\n {2}raise the limit of open files: ulimit -n 4096\n$/);
  } finally {
    said.mockRestore();
  }
});
