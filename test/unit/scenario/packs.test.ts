import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseScenario } from '../../../src/scenario/load.ts';
import { formatProblems } from '../../../src/scenario/problem.ts';

const ROOT = new URL('../../../scenarios/', import.meta.url);
const PACKS = readdirSync(ROOT, { withFileTypes: true }).filter((each) => each.isDirectory() && existsSync(new URL(`${each.name}/${each.name}.yaml`, ROOT))).map(({ name }) => name);
const read = (pack: string) => parseScenario(readFileSync(new URL(`${pack}/${pack}.yaml`, ROOT), 'utf8'), `${pack}.yaml`, { env: {}, unset: 'error' });

it('there is a pack for each of the five systems', () => expect(PACKS).toEqual(['data-platform', 'video-generation', 'video-transcriber', 'video-translation', 'web-app']));

describe.each(PACKS)('%s', (pack) => {
  const { value, errors, warnings } = read(pack);
  it('is a right scenario', () => expect(formatProblems([...errors, ...warnings])).toBe(''));
  it('holds its guide: what decides each item, and what cannot be measured from outside, each item once', () => {
    const guide = value?.scenario.resolved.readiness;
    expect(guide?.items.length).toBeGreaterThanOrEqual(10);
    expect(guide?.outside.length).toBeGreaterThanOrEqual(3);
    const texts = [...(guide?.items ?? []).map(({ section, item }) => `${section ?? ''}: ${item}`), ...(guide?.outside ?? []).flatMap(({ items }) => items)];
    expect(new Set(texts).size).toBe(texts.length);
  });
});
