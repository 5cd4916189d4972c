import { writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isMeant } from '../../compare/approve.ts';
import { readBaselines, storedScenarios } from '../../compare/baseline-files.ts';
import { historyOf, isGated, sessionsOf } from '../../compare/history.ts';
import type { Session } from '../../compare/session.ts';
import { BenchError, EXIT, type ExitCode } from '../../errors.ts';
import { fingerprint } from '../../host/fingerprint.ts';
import { cannotWrite, makeFolders } from '../../record/folder.ts';
import { readRuns } from '../../record/runs.ts';
import { renderHistoryPage } from '../../report/history/page.ts';
import { renderHistory } from '../../report/history/terminal.ts';
import { wantsColour } from '../colours.ts';
import { print } from '../deliver.ts';

export interface HistoryFlags {
  scenario?: string;
  machine?: string;
  last: number;
  html?: string;
  json?: true;
  baselines: string;
  reports: string;
}

/** The trend of a metric, or of every metric that gates, over stored sessions and runs. */
export async function history(metric: string | undefined, flags: HistoryFlags): Promise<ExitCode> {
  const baselines = (await Promise.all((await storedScenarios(flags.baselines)).map((name) => readBaselines(flags.baselines, name)))).flat();
  const runs: Session[] = [];
  const unreadable: string[] = [];
  for await (const run of readRuns(flags.reports, flags.last)) {
    if (run.state === 'readable') runs.push(...sessionsOf(run.record));
    else unreadable.push(`left out: ${run.file}: ${run.reason}`);
  }
  const machine = await machineOf(flags.machine, [...baselines.flatMap(({ sessions }) => sessions), ...runs].map((session) => session.machine.hash));
  const all = historyOf(baselines, runs, machine, flags.last).filter(({ scenario }) => flags.scenario === undefined || scenario === flags.scenario);
  const series = metric === undefined ? all.filter(isGated) : all.filter((each) => isMeant(`${each.workload}/${each.metric}`, metric));
  if (series.length === 0 && all.length > 0) {
    throw new BenchError(EXIT.usage, `no metric "${metric}" in the stored runs`, { hint: `there are ${[...new Set(all.map((each) => `${each.workload}/${each.metric}`))].join(', ')}` });
  }
  if (flags.html !== undefined) await writePage(flags.html, renderHistoryPage(series, machine));
  if (flags.json === true) await print(process.stdout, `${JSON.stringify({ machine, series }, null, 2)}\n`);
  else if (series.length === 0) await print(process.stdout, `no run of this machine is stored in ${flags.reports} or ${flags.baselines}; start one with: bench run\n`);
  else await print(process.stdout, renderHistory(series, { color: wantsColour(process.stdout), width: process.stdout.columns || 120 }));
  if (unreadable.length > 0) await print(process.stderr, `${unreadable.join('\n')}\n`);
  return EXIT.pass;
}

/** This machine, or the one whose hash begins like this. */
async function machineOf(wanted: string | undefined, known: readonly string[]): Promise<string> {
  if (wanted === undefined) return (await fingerprint()).hash;
  const matches = [...new Set(known)].filter((hash) => hash.startsWith(wanted));
  const [only] = matches;
  if (only !== undefined && matches.length === 1) return only;
  throw new BenchError(EXIT.usage, matches.length === 0 ? `no stored run of a machine "${wanted}"` : `"${wanted}" is the beginning of ${matches.length} machines`, { hint: known.length === 0 ? 'no run is stored yet' : `there are ${[...new Set(known)].join(', ')}` });
}

async function writePage(file: string, page: string): Promise<void> {
  try {
    await makeFolders(dirname(file));
    await writeFile(file, page);
  } catch (error) {
    throw cannotWrite(file, '--html FILE', error);
  }
}
