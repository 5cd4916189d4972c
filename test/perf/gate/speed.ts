import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addSession, readBaselines } from '../../../src/compare/baseline-files.ts';
import { compareRun } from '../../../src/compare/compare-run.ts';
import { sessionOf } from '../../../src/compare/session.ts';
import { seededRandom } from '../../../src/random.ts';
import type { RunRecord } from '../../../src/record/schema.ts';
import { encodeWorkload, record, rounds, scenario } from '../../unit/record/fixture.ts';
import { percent, type Bounds } from './bounds.ts';
import { normal } from './family.ts';

const SIZE = { metrics: 200, rounds: 20, sessions: 20 } as const;
const BOUND_MS = 1_000;

/** Reading the stored sessions and comparing a run with them, as `bench run` does it, on files. */
export async function speed(bounds: Bounds): Promise<string> {
  const random = seededRandom(16);
  const run = (id: string): RunRecord => {
    const metrics = Array.from({ length: SIZE.metrics }, (_, at) => rounds('encode.cpu', Array.from({ length: SIZE.rounds }, () => 10_000 * Math.exp(0.03 * normal(random))), SIZE.rounds, { case: String(at) }));
    return record([scenario([encodeWorkload({ metrics })])], { id });
  };
  const dir = await mkdtemp(join(tmpdir(), 'readybench-gate-speed-'));
  try {
    const now = run('20260201T000000.000Z-ffffff');
    for (let day = 1; day <= SIZE.sessions; day += 1) {
      const stored = run(`202601${String(day).padStart(2, '0')}T000000.000Z-aaaaaa`);
      for (const each of stored.scenarios) await addSession(dir, sessionOf(stored, each));
    }
    const from = performance.now();
    const baselines = await readBaselines(dir, 'demo');
    const readMs = performance.now() - from;
    const [compared] = compareRun({ runId: now.run.id, environment: now.environment }, now.scenarios.map((each) => ({ scenario: each, baselines })));
    const allMs = performance.now() - from;
    const results = compared?.workloads.flatMap(({ comparison }) => comparison) ?? [];
    if (results.length !== SIZE.metrics || results.some(({ sessions }) => sessions !== SIZE.sessions)) throw new Error(`${results.length} metrics were compared, not with ${SIZE.sessions} sessions each`);
    return `Comparing a run of ${SIZE.metrics} metrics × ${SIZE.rounds} rounds with ${SIZE.sessions} stored runs takes ${allMs.toFixed(0)} ms, ${percent(readMs / allMs, 0)} of it to read and check the files (bound: ${BOUND_MS / 1_000} s, ${bounds.check(allMs < BOUND_MS)}).`;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
