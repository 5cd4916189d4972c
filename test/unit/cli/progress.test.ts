import { PassThrough } from 'node:stream';
import { expect, it, onTestFinished, vi } from 'vitest';
import { progressOn } from '../../../src/cli/progress.ts';

it('progress on a terminal ends once: what is written afterwards is not drawn over', () => {
  vi.stubEnv('CI', undefined);
  vi.stubEnv('TERM', 'xterm');
  onTestFinished(() => void vi.unstubAllEnvs());
  let text = '';
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 24 }) as unknown as NodeJS.WriteStream;
  stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const progress = progressOn(stream);
  progress.observe({ type: 'workload-finished', scenario: 's', workload: 'health', round: 0, fresh: false, headline: 'every limit kept', durationMs: 10_000 });
  progress.end();
  expect(text).toContain('every limit kept');
  text = '';
  progress.end();
  expect(text).toBe('');
});
