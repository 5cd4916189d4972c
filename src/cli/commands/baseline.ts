import { anchor, approve as approveRun, waive } from '../../compare/approve.ts';
import { listBaselines, showBaseline, type BaselineSummary } from '../../compare/baselines.ts';
import { removeBaseline } from '../../compare/remove.ts';
import { BenchError, EXIT, type ExitCode } from '../../errors.ts';
import { fingerprint } from '../../host/fingerprint.ts';
import { findRun } from '../../record/runs.ts';
import { formatNumber } from '../../units.ts';
import { colours } from '../colours.ts';
import { print } from '../deliver.ts';

/** Which scenarios have stored sessions, on which machines, and what is approved. */
export async function list(flags: { baselines: string }): Promise<ExitCode> {
  const summaries = await listBaselines(flags.baselines);
  const lines = summaries.length > 0 ? await describe(summaries) : [`no baselines in ${flags.baselines}`, 'every passing bench run stores a session there; bench baseline approve --reason … makes the newest run the reference'];
  await print(process.stdout, `${lines.join('\n')}\n`);
  return EXIT.pass;
}

/** The sessions of one scenario, what is approved and why, and the newest figures. */
export async function show(scenario: string, flags: { baselines: string }): Promise<ExitCode> {
  const { summaries, baselines } = await showBaseline(flags.baselines, scenario);
  const { bold, dim } = colours(process.stdout);
  const lines = await describe(summaries);
  for (const { hash, sessions, decided } of baselines) {
    if (decided.removals.length > 0) lines.push('', bold(`removed on ${hash}`), ...decided.removals.map(({ date, runs, reason }) => `  ${date.slice(0, 10)}  ${runs.join(', ')}: ${reason}`));
    const newest = sessions.at(-1);
    lines.push('', bold(`sessions on ${hash}`), ...sessions.map(({ runId, profile, target, joined }) => `  ${runId}  ${dim(`profile ${profile}, target ${target ?? 'none'}, ${joined}`)}`));
    if (newest === undefined) continue;
    const figures = Object.entries(newest.workloads).flatMap(([workload, metrics]) => Object.entries(metrics).map(([key, { value, unit }]) => ({ key: `${workload}/${key}`, text: `${formatNumber(value)} ${unit}` })));
    const wide = Math.max(...figures.map(({ key }) => key.length), 0);
    lines.push('', bold(`figures of ${newest.runId}`), ...figures.map(({ key, text }) => `  ${key.padEnd(wide)}  ${text}`));
  }
  await print(process.stdout, `${lines.join('\n')}\n`);
  return EXIT.pass;
}

async function describe(summaries: readonly BaselineSummary[]): Promise<string[]> {
  const { hash } = await fingerprint();
  const { bold, dim } = colours(process.stdout);
  return summaries.flatMap((each) => [
    `${bold(each.scenario)}  profile ${each.profile}, ${each.hash === hash ? 'this machine' : `another machine (${String(each.machine['cpu'])})`}  ${dim(`${each.hash} ${each.sha256.slice(0, 12)}`)}`,
    `  ${each.sessions} stored, newest ${each.newest}; ${each.gates.state === 'yes' ? `runs are compared with ${each.gates.sessions}` : each.gates.why}`,
    ...(each.approval === null ? [] : [`  approved: run ${each.approval.runId} on ${each.approval.date.slice(0, 10)}: ${each.approval.reason}`]),
    ...Object.entries(each.metrics).map(([metric, { runId, date, reason }]) => `  approved: ${metric} of run ${runId} on ${date.slice(0, 10)}: ${reason}`),
    ...(each.anchor === null ? [] : [`  release anchor: run ${each.anchor.runId} of ${each.anchor.date.slice(0, 10)}: ${each.anchor.reason}`]),
    ...each.waivers.map(({ metric, until, reason }) => `  waived: ${metric} until ${until}${until < new Date().toISOString().slice(0, 10) ? ' (over)' : ''}: ${reason}`),
  ]);
}

export interface ApproveFlags {
  run: string;
  metric?: string;
  until?: string;
  anchor?: true;
  reason: string;
  baselines: string;
  reports: string;
}

/** Makes a run the reference from now on, or the release anchor; with a date, accepts what is wrong with a metric until then. */
export async function approve(flags: ApproveFlags): Promise<ExitCode> {
  if (flags.anchor === true && (flags.metric !== undefined || flags.until !== undefined)) throw new BenchError(EXIT.usage, '--anchor pins a whole run: it does not go with --metric or --until', { hint: 'leave them out' });
  const { record } = await findRun(flags.reports, flags.run);
  const options = { dir: flags.baselines, record, reason: flags.reason };
  if (flags.until !== undefined) {
    if (flags.metric === undefined) throw new BenchError(EXIT.usage, '--until waives one metric: which one?', { hint: 'add --metric latency.p95, or --metric health/latency.p95 for one workload' });
    const waived = await waive({ ...options, metric: flags.metric, until: flags.until });
    const lines = waived.map(({ scenario, metrics, file }) => `${scenario}: ${metrics?.join(', ')} waived until ${flags.until}  (${file})`);
    await print(process.stdout, `${lines.join('\n')}\nregressions and breaches of it are reported until then and fail nothing\n`);
    return EXIT.pass;
  }
  if (flags.anchor === true) {
    const anchored = await anchor(options);
    await print(process.stdout, `${anchored.map(({ scenario, runId, file }) => `${scenario}: run ${runId} is the release anchor  (${file})`).join('\n')}\nruns that have drifted from it say so; what gates stays as it is\n`);
    return EXIT.pass;
  }
  const approved = await approveRun({ ...options, metric: flags.metric ?? null });
  const lines = approved.map(({ scenario, runId, metrics, file }) => `${scenario}: run ${runId} approved for ${metrics === null ? 'all metrics' : metrics.join(', ')}  (${file})`);
  await print(process.stdout, `${lines.join('\n')}\nfrom now on, runs of the same content on this kind of machine are compared with it\n`);
  return EXIT.pass;
}

/** Forgets a session, or everything stored of a scenario; the reason stays. */
export async function remove(scenario: string, flags: { run?: string; machine?: string; reason: string; baselines: string }): Promise<ExitCode> {
  const gone = await removeBaseline({ dir: flags.baselines, scenario, machine: flags.machine ?? null, run: flags.run ?? null, reason: flags.reason });
  await print(process.stdout, `${gone.map((path) => `removed ${path}`).join('\n')}\n`);
  return EXIT.pass;
}
