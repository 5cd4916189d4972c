import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { project } from './bench.ts';

/** A pack, the defects that its checks are there for, and what the run says of each. */
export type PackChecks = [pack: string, off: string[], sentences: string[]];

/** Two files hold the packs, so that they run side by side. */
export function checksOfPacks(packs: readonly PackChecks[]): void {
  it.each([...packs])('the checks of %s pass on the embedded service, and each names the defect that is switched on', async (pack, off, sentences) => {
    const { bench, dir } = await project();
    const args = ['run', fileURLToPath(new URL(`../../scenarios/${pack}`, import.meta.url)), '--profile', 'checks', '--no-compare', '--no-control'];
    const faults = [...off.map((guard) => `off=${guard}`), 'front-latency=60ms'].join(',');
    const [good, bad] = await Promise.all([bench(args), bench([...args, '--out', `${dir}/bad`], { READYBENCH_FAULTS: faults })]);
    expect({ pack, code: good.code, said: good.code === 0 ? '' : good.stdout }).toEqual({ pack, code: 0, said: '' });
    expect(bad.code).toBe(1);
    const said = bad.stdout.replaceAll(/\s+/g, ' ');
    expect(sentences.filter((sentence) => !said.includes(sentence))).toEqual([]);
  });
}
