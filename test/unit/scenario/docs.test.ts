import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { loadScenarios } from '../../../src/scenario/load.ts';

/** The fenced YAML blocks of a Markdown file that are whole scenarios. */
async function scenariosIn(file: string): Promise<string[]> {
  const text = await readFile(new URL(`../../../${file}`, import.meta.url), 'utf8');
  return [...text.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block).filter((block) => /^name: /m.test(block) && /^workloads:/m.test(block));
}

it.each(['README.md', 'docs/scenarios.md'])('every scenario shown in %s is right', async (file) => {
  const dir = await mkdtemp(join(tmpdir(), 'readybench-test-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const blocks = await scenariosIn(file);
  expect(blocks.length).toBeGreaterThan(0);
  const files = await Promise.all(blocks.map(async (block, index) => {
    const path = join(dir, `${index}.yaml`);
    await writeFile(path, block);
    return path;
  }));
  const results = await loadScenarios(files, { env: { API_TOKEN: 'set' }, unset: 'error', targetGiven: false });
  expect(results.flatMap(({ errors }) => errors)).toEqual([]);
});
