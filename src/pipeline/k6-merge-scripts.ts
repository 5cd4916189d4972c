import type { Observer } from './events.ts';
import type { Judging, JudgedScript } from '../k6/judging.ts';
import { shortFindings } from '../k6/script/findings.ts';
import { mergeScript } from '../k6/script/run.ts';
import { measurementOf, type Round } from '../workloads/k6/measurement.ts';
import type { Measurement } from '../workloads/contract.ts';

/** Scripts of a team's own that ran elsewhere, each with what its samples say. @param ofRun files by the names of its rounds */
export async function mergeScripts({ workloads, scenario }: Judging, segments: number, ofRun: ReadonlyMap<string, readonly string[]>, observe: Observer): Promise<Map<string, Measurement>> {
  const measurements = new Map<string, Measurement>();
  for (const each of workloads) {
    if (each.kind !== 'k6') continue;
    const rounds: Round[] = [];
    for (const [round, run] of each.runs.entries()) {
      const files = ofRun.get(run) ?? [];
      observe({ type: 'stage', text: `reading ${run} (${files.length} of ${segments} files)` });
      const { figures, found, read } = await mergeScript(files, wantedOf(each), new URL(scenario.target).host, segments);
      // How each pod ended, and what it used, is the cluster's to know.
      rounds.push({ round, result: { ...figures, ended: 'complete', segments: [], findings: [...found, ...shortFindings(read, each.facts.plannedMs)] } });
    }
    measurements.set(each.name, measurementOf(rounds, { name: each.name, k6: { ...each.k6, env: {} }, sla: each.sla }, { sha256: each.sha256, facts: each.facts }));
  }
  return measurements;
}

const wantedOf = ({ k6: { metrics, tags, warmup }, sla }: JudgedScript): Parameters<typeof mergeScript>[1] => ({ keys: [...new Set([...Object.keys(sla), ...metrics])], tags, warmupMs: warmup });
