import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { chooseWorkloads, estimateMs } from '../../../src/pipeline/choose.ts';
import { parseScenario } from '../../../src/scenario/load.ts';
import { makePlan } from '../../../src/scenario/plan.ts';
import { formatProblems } from '../../../src/scenario/problem.ts';

const ROOT = new URL('../../../scenarios/', import.meta.url);
const PACKS = readdirSync(ROOT, { withFileTypes: true }).filter((each) => each.isDirectory() && existsSync(new URL(`${each.name}/${each.name}.yaml`, ROOT))).map(({ name }) => name);
const read = (pack: string, env: Record<string, string> = {}) => parseScenario(readFileSync(new URL(`${pack}/${pack}.yaml`, ROOT), 'utf8'), `${pack}.yaml`, { env, unset: 'error' });

/** What each profile is there for: how many rounds, and whether it may do more than read. */
const PROFILES = { smoke: 1, quick: 3, nightly: 10, soak: 1, spike: 1, 'single-user': 3, 'multi-user': 3 };

it('there is a pack for each of the five systems', () => expect(PACKS).toEqual(['data-platform', 'video-generation', 'video-transcriber', 'video-translation', 'web-app']));

describe.each(PACKS)('%s', (pack) => {
  const { value, errors, warnings } = read(pack);
  it('is a right scenario', () => expect(formatProblems([...errors, ...warnings])).toBe(''));

  it('is right for a service of its own', () => {
    const own = read(pack, { TARGET_URL: 'http://127.0.0.1:8000', BACKEND_URL: 'http://127.0.0.1:8001', API_KEY: 'k', MAX_CONCURRENT_JOBS: '10', SERVICE_COMMAND: 'python -m app --port {port}' });
    expect(formatProblems([...own.errors, ...own.warnings])).toBe('');
  });

  it.each(Object.entries(PROFILES))('runs as %s', (profile, rounds) => {
    const plan = makePlan(value === undefined ? [] : [value], { profile, seed: 1 });
    const [scenario, ...others] = chooseWorkloads(plan);
    expect(others).toEqual([]);
    expect(scenario?.workloads.length).toBeGreaterThan(0);
    expect(scenario?.rounds).toBeLessThanOrEqual(rounds);
    expect(scenario?.workloads.flatMap(({ name, bound }) => (bound.kind === 'check' || bound.limits.length > 0 ? [] : [name]))).toEqual([]);
    if (profile !== 'smoke' || scenario === undefined) return;
    // It is run against production after a deployment.
    expect(scenario.workloads.filter(({ bound }) => !bound.readOnly)).toEqual([]);
    expect(estimateMs([scenario])).toBeLessThanOrEqual(30_000);
  });

  it('holds its guide: what decides each item, and what cannot be measured from outside, each item once', () => {
    const guide = value?.scenario.resolved.readiness;
    expect(guide?.items.length).toBeGreaterThanOrEqual(10);
    expect(guide?.outside.length).toBeGreaterThanOrEqual(3);
    const texts = [...(guide?.items ?? []).map(({ section, item }) => `${section ?? ''}: ${item}`), ...(guide?.outside ?? []).flatMap(({ items }) => items)];
    expect(new Set(texts).size).toBe(texts.length);
  });
});
