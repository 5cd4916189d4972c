import { describe, expect, it } from 'vitest';
import { clockResolutionUs, hostFacts } from '../../../src/host/doctor.ts';
import { createToolResolver } from '../../../src/host/tools.ts';

describe('hostFacts', () => {
  it('says of everything what was found, what it means and what to do', async () => {
    const facts = await hostFacts(createToolResolver(), {});
    expect(facts.map(({ name }) => name)).toEqual([
      'Node', 'cores', 'memory', 'file descriptors', 'disk here', 'disk for temporary files', 'clock', 'clock synchronised',
      'CPU governor', 'CPU steal', 'ffmpeg', 'ffprobe', 'k6',
    ]);
    for (const { status, found, meaning, remedy } of facts) {
      expect(found).not.toMatch(/^$|undefined|NaN|null/);
      expect(meaning).not.toBe('');
      expect(remedy === '').toBe(status === 'ok');
    }
  });

  it('reports missing programs instead of failing', async () => {
    const env = { FFMPEG_PATH: '/nowhere/ffmpeg', FFPROBE_PATH: '/nowhere/ffprobe', K6_PATH: '/nowhere/k6' };
    const facts = await hostFacts(createToolResolver(env), env);
    const missing = facts.filter(({ status }) => status === 'missing');
    expect(missing.map(({ name, found }) => `${name}: ${found}`)).toMatchInlineSnapshot(`
      [
        "ffmpeg: FFMPEG_PATH=/nowhere/ffmpeg: /nowhere/ffmpeg does not exist",
        "ffprobe: FFPROBE_PATH=/nowhere/ffprobe: /nowhere/ffprobe does not exist",
        "k6: /nowhere/k6 does not work (ENOENT)",
      ]
    `);
  });

  it('measures the clock', () => {
    expect(clockResolutionUs()).toBeGreaterThan(0);
    expect(clockResolutionUs()).toBeLessThan(1_000);
  });
});
