import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { report } from '../../../src/cli/commands/report.ts';

let reports: string;
beforeEach(async () => { reports = await mkdtemp(join(tmpdir(), 'readybench-report-')); });
afterEach(() => rm(reports, { recursive: true, force: true }));

async function stored(folder: string, ...files: string[]): Promise<string> {
  const dir = join(reports, folder);
  await mkdir(dir);
  for (const file of files) await writeFile(join(dir, file), '{}');
  return dir;
}

const reported = (wanted: string) => report(wanted, { reporter: ['markdown'], reports });

describe('bench report of what is no run', () => {
  it('says what the folder holds, and where its report is, by path as by id', async () => {
    const dir = await stored('a', 'capacity.json', 'capacity.html', 'capacity.md');
    const refusal = { exitCode: 2, message: `${dir} holds a search for the highest rate, and no run that could be rendered again`, hint: `Its report is there already: ${join(dir, 'capacity.html')} and ${join(dir, 'capacity.md')}.` };
    await expect(reported(dir)).rejects.toMatchObject(refusal);
    await expect(reported('a')).rejects.toMatchObject(refusal);
    const plan = await stored('b', 'plan.json');
    await expect(reported('b')).rejects.toMatchObject({ message: expect.stringContaining('holds a plan') as string, hint: `Its record is ${join(plan, 'plan.json')}.` });
  });

  it('says so where there is nothing, or where a run is broken', async () => {
    await expect(reported('nosuch')).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('no run "nosuch"') as string });
    await stored('c', 'result.json');
    await expect(reported('c')).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('is not what it should be') as string });
  });
});
