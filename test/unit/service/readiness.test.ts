import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { JobQueue } from '../../../src/service/job-queue.ts';
import { Readiness, type Checks } from '../../../src/service/readiness.ts';

const failing = (checks: Checks): string[] => Object.entries(checks).filter(([, { ok }]) => !ok).map(([name, { detail }]) => `${name}: ${detail}`);

describe('Readiness', () => {
  it('holds where everything does', async () => {
    expect(failing(await new Readiness(new JobQueue(1, 1), process.execPath, tmpdir()).checks())).toEqual([]);
  });
  it('names everything that does not', async () => {
    const readiness = new Readiness(new JobQueue(1, 1), '/nowhere/ffmpeg', '/nowhere/clips');
    readiness.draining = true;
    expect(failing(await readiness.checks())).toEqual(['accepting: shutting down', 'ffmpeg: is missing', 'disk: the folder for clips is gone']);
  });
});
