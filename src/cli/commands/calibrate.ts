import { calibrationOf, recorded } from '../../compare/calibrate.ts';
import { writeCalibration, type Calibration } from '../../compare/calibration-file.ts';
import { DEFAULT_GATE } from '../../compare/options.ts';
import { EXIT, type ExitCode } from '../../errors.ts';
import { cannotWrite } from '../../record/folder.ts';
import { calibrationColumns, calibrationRows, recommendation } from '../../report/calibration.ts';
import { PAIRED_ROUNDS } from '../../pipeline/against.ts';
import { dryRun, run as runPipeline } from '../../run.ts';
import { print } from '../deliver.ts';
import { explain } from '../explain.ts';
import { onInterrupt } from '../interrupt.ts';
import { progressOn } from '../progress.ts';
import { requestOf, type RunFlags } from './run.ts';

/** Rounds in which nothing changes, on this machine: what noise there is, what can be seen through it, and how many rounds it takes. */
export async function calibrate(scenarios: string[], flags: RunFlags): Promise<ExitCode> {
  const request = { ...requestOf(scenarios, flags), compare: false, against: null, failOn: 'invalid' };
  const planned = await dryRun({ ...request, rounds: null });
  const progress = progressOn(process.stderr);
  const interrupt = onInterrupt((text) => progress.observe({ type: 'note', text }));
  let outcome: Awaited<ReturnType<typeof runPipeline>>;
  try {
    outcome = await runPipeline(request, progress.observe, interrupt);
  } finally {
    progress.end();
    interrupt.release();
  }
  if (outcome.failure !== undefined) explain(outcome.failure);
  const { record } = outcome;
  if (record.run.status !== 'complete') return outcome.exitCode;
  const disturbed = record.control?.findings ?? [];
  for (const scenario of record.scenarios) {
    const own = planned.scenarios.find(({ name }) => name === scenario.name);
    const rounds = own?.rounds ?? record.run.rounds;
    const found: Calibration = { version: 1, date: record.run.startedAt, scenario: scenario.name, sha256: scenario.sha256, profile: record.run.profile, planned: rounds, pairs: PAIRED_ROUNDS, metrics: calibrationOf(scenario, { planned: rounds, pairs: PAIRED_ROUNDS, disturbed: disturbed.length > 0 }, own?.gate ?? DEFAULT_GATE) };
    await print(process.stdout, `${describe(found).join('\n')}\n\n`);
    const file = await writeCalibration(request.baselinesDir, record.environment.hash, found).catch((error: unknown) => { throw cannotWrite(request.baselinesDir, '--baselines DIR', error); });
    await print(process.stdout, `written to ${file}; later runs on this machine read it\n`);
  }
  for (const { message, remedy } of disturbed) await print(process.stderr, `the machine was disturbed, so the noise is that of its neighbours too, and the gate keeps its usual prior: ${message}. ${remedy} Then run bench calibrate again.\n`);
  return outcome.exitCode === EXIT.invalid ? EXIT.invalid : EXIT.pass;
}

function describe(found: Calibration): string[] {
  const { scenario, profile, planned } = found;
  const known = recorded(found);
  const [heads, rows] = [calibrationColumns(known), calibrationRows(known)];
  const widths = heads.map((head, column) => Math.max(head.length, ...rows.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]): string => `  ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ')}`;
  return [`${scenario}  (profile ${profile}, ${planned} rounds)`, ...(rows.length === 0 ? [] : [line(heads), ...rows.map(line)]), recommendation(known)];
}
