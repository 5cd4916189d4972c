/**
 * The regression gate on this machine, for real: nights in which nothing changed, each against the baselines that those before it
 * left, and services made slower on purpose against the baselines of several nights. A night is the default run and encodes
 * inside the embedded service. Prints after each run, and writes docs/gate.md.
 *
 *   npm run perf:gate-real            (RUNS=20 PROFILE=quick KEEP=<folder> BESIDE="what else ran here")
 *
 * Every run is kept in KEEP with its baselines: after an interrupt, or with a larger RUNS, it goes on from there. What the control costs is
 * measured at the start; CONTROL="810,463" (ms at the start of a run, and before a round) says it where that was done with the nights.
 */
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { max, mean, median } from 'simple-statistics';
import { startControl } from '../../src/host/control.ts';
import { createToolResolver } from '../../src/host/tools.ts';
import { formatShare } from '../../src/units.ts';
import { judgedAgain } from './gate/again.ts';
import { boundsOf, hitsOf, injections, isWithheld, MOST_AGAIN, SERIES, settled, tallyOf, type Hit, type Injection, type Outcome } from './gate/injections.ts';
import { approve, Nights, type Night } from './gate/nights.ts';
import { machine, table, writeSection } from './performance-doc.ts';

const RUNS = Number(process.env['RUNS'] ?? 20);
const PROFILE = process.env['PROFILE'] ?? 'quick';
const KEEP = process.env['KEEP'] ?? join(tmpdir(), 'readybench-gate-real');
const BESIDE = process.env['BESIDE'] ?? '';
/** The nights after which something is made slower. */
const INJECT_AFTER = [2, 5, 10, 20];
const SERIES_NAMES: readonly Injection['series'][] = ['default', 'jobs'];
/** Processors in use before a run above which the machine counts as shared. */
const SHARED = 0.2;

const nights = new Nights(KEEP);
const nameOf = (series: Injection['series'], night: number): string => `${series}-${String(night).padStart(3, '0')}`;
const quiet: Night[] = [];
/** Quiet nights by the gate as it is now. */
const again: ReturnType<typeof tallyOf>[] = [];
const injected: { night: number; injection: Injection; runs: Night[]; hits: (Hit & { run: number; now: Outcome })[] }[] = [];
const approvedIn = new Set<Injection['series']>();
const say = (text: string): void => void process.stdout.write(`${text}\n`);
/** A limit may be missed on a busy machine; an invalid run is no reference. */
const isReference = (exitCode: number): boolean => exitCode === 0 || exitCode === 1;
const percent = (share: number | null): string => (share === null ? 'unknown' : formatShare(share));

const tools = createToolResolver(process.env);
const paths = { ffmpeg: (await tools.ffmpeg()).path, ffprobe: (await tools.ffprobe()).path };
const [start, round] = (process.env['CONTROL'] ?? '').split(',').map(Number);
const controlMs = start !== undefined && round !== undefined ? { start, round } : await costOfControl();

for (let night = 1; night <= RUNS; night += 1) {
  for (const series of SERIES_NAMES) {
    const before = night === 1 ? null : nameOf(series, night - 1);
    const run = await nights.run(nameOf(series, night), before, SERIES[series](PROFILE), (folder, { exitCode }) => {
      if (!approvedIn.has(series) && isReference(exitCode)) approve(folder);
    });
    if (isReference(run.exitCode)) approvedIn.add(series);
    quiet.push(run);
    again.push(tallyOf(await judgedAgain(run.record, nights.baselines(before))));
    say(lineOf(run));
    write();
  }
  if (!INJECT_AFTER.includes(night)) continue;
  for (const injection of injections(paths)) {
    const asked = SERIES[injection.series](PROFILE);
    const runs: Night[] = [];
    for (let again = 0; again <= MOST_AGAIN; again += 1) {
      const name = `${injection.name}-after-${String(night).padStart(3, '0')}${again === 0 ? '' : `-again-${again}`}`;
      const run = await nights.run(name, nameOf(injection.series, night), { args: [...asked.args, ...injection.args], env: injection.env });
      const hits = hitsOf(injection, run.record);
      runs.push(run);
      say(`${run.label}: ${injection.what}: exit ${run.exitCode}; ${hits.map(({ workload, metric, outcome }) => `${workload}/${metric} ${outcome}`).join(', ')}`);
      if (!isWithheld(hits)) break;
    }
    const judged = await Promise.all(runs.map(({ record }) => judgedAgain(record, nights.baselines(nameOf(injection.series, night)))));
    const hits = settled(runs.map(({ record }) => hitsOf(injection, record)));
    const now = judged.map((record) => hitsOf(injection, record));
    injected.push({ night, injection, runs, hits: hits.map((hit, index) => ({ ...hit, now: now[hit.run]?.[index]?.outcome ?? hit.outcome })) });
    write();
  }
}
say(`\n${body()}\n`);
const now = boundsOf(again, injected.flatMap(({ hits }) => hits.map((hit) => hit.now))).map((bound) => ({ ...bound, what: `${bound.what}, by the gate as it is now` }));
for (const { what, found, held } of [...bounds(), ...now]) {
  say(`${held ? 'held' : 'MISSED'}: ${what}: ${found}`);
  if (!held) process.exitCode = 1;
}

function bounds(): ReturnType<typeof boundsOf> {
  return boundsOf(quiet.map(({ record }) => tallyOf(record)), injected.flatMap(({ hits }) => hits.map(({ outcome }) => outcome)));
}

function lineOf({ label, exitCode, minutes, busyBefore, loadBefore, loadAfter, record }: Night): string {
  const { regressions, compared, inconclusive, fresh, invalid, disturbed } = tallyOf(record);
  const wrong = regressions.length === 0 ? '' : ` REGRESSIONS ${regressions.join(', ')};`;
  return `${label}: exit ${exitCode};${wrong} ${compared} compared, ${inconclusive} inconclusive, fresh rounds for ${fresh}; invalid: ${invalid.join('; ') || 'none'}; disturbed: ${disturbed.join(', ') || 'no'}; ${minutes.toFixed(1)} min, ${busyBefore.toFixed(1)} processors busy before, load ${loadBefore.toFixed(1)} to ${loadAfter.toFixed(1)}`;
}

/** What the control takes of a run: its start once, and its measurement before every round. */
async function costOfControl(): Promise<{ start: number; round: number }> {
  const from = performance.now();
  const control = await startControl();
  const start = performance.now() - from;
  const rounds: number[] = [];
  for (let each = 0; each < 5; each += 1) {
    const began = performance.now();
    await control.measure();
    rounds.push(performance.now() - began);
  }
  await control.close();
  return { start, round: median(rounds) };
}

function disturbedIn(run: Night | undefined): string {
  return (run === undefined ? [] : tallyOf(run.record).disturbed).join(', ') || '-';
}

function write(): void {
  writeSection('real', 'On a real machine', body(), { page: 'gate', where: `${machine()}.` });
}

function body(): string {
  const tallies = quiet.map(({ record }) => tallyOf(record));
  const sum = (of: (tally: (typeof tallies)[number]) => number): number => tallies.reduce((all, each) => all + of(each), 0);
  const whole = quiet.filter(({ label }) => label.startsWith('default')).length;
  const [unchanged, caught] = bounds().map(({ held }) => (held ? 'held' : '**missed**'));
  const busy = quiet.map(({ busyBefore }) => busyBefore);
  const loads = quiet.flatMap(({ loadBefore, loadAfter }) => [loadBefore, loadAfter]);
  const beside = busy.filter((each) => each > SHARED).length;
  const byEnvironment = tallies.filter(({ invalid }) => invalid.some((each) => each.includes('environment-disturbed'))).length;
  const byOther = tallies.filter(({ invalid }) => invalid.some((each) => !each.includes('environment-disturbed'))).length;
  const disturbed = tallies.filter((each) => each.disturbed.length > 0).length;
  const defaults = quiet.filter(({ label }) => label.startsWith('default'));
  const seconds = median(defaults.map(({ minutes }) => minutes * 60));
  const perRun = (controlMs.start + controlMs.round * median(defaults.map(({ record }) => record.control?.rounds.length ?? 0))) / 1_000;
  const outcomes = injected.flatMap(({ hits }) => hits.map(({ outcome }) => outcome));
  const count = (outcome: Outcome): number => outcomes.filter((each) => each === outcome).length;
  return `
Written by \`npm run perf:gate-real\` from ${whole} of 20 nights, ${defaults[0]?.startedAt.slice(0, 16) ?? ''} to ${quiet.at(-1)?.startedAt.slice(0, 16) ?? ''} UTC, profile ${PROFILE}. A night is the default run and a
run of encodes inside the embedded service, each against the baselines of the nights before it (the first valid one approved).
${beside > quiet.length / 10 ? `**The machine was shared**: before the runs ${mean(busy).toFixed(1)} of its ${availableParallelism()} processors were in use on average (${max(busy).toFixed(1)} at most), load average ${Math.min(...loads).toFixed(1)} to ${max(loads).toFixed(1)}${BESIDE === '' ? '' : `; beside it ran ${BESIDE}`}. It is a torture test of "no false alarm", not a measurement of a quiet machine.` : `Nothing else ran${beside === 0 ? '' : `, but before ${beside} of the runs`}: at most ${max(busy).toFixed(1)} of ${availableParallelism()} processors were in use before a run, load average ${Math.min(...loads).toFixed(1)} to ${max(loads).toFixed(1)}.`}

Nothing changed: **${tallies.filter(({ regressions }) => regressions.length > 0).length} of the ${tallies.filter(({ compared }) => compared > 0).length} runs that had baselines with a regression** (bound: 0, ${unchanged}), among ${sum(({ compared }) => compared)} gated comparisons; ${sum(({ inconclusive }) => inconclusive)} of them inconclusive, fresh rounds
asked for in ${tallies.filter(({ fresh }) => fresh > 0).length} of them. The control called the environment disturbed in ${disturbed} of ${quiet.length} runs, and made ${byEnvironment} of them invalid: what looked slower there
was not called a regression. By the gate as it is now ${again.filter(({ regressions }) => regressions.length > 0).length} of these runs have a regression. ${byOther} runs were invalid for other reasons (an overloaded generator). The control costs ${controlMs.start.toFixed(0)} ms
at the start and ${controlMs.round.toFixed(0)} ms before each round: ${percent(perRun / seconds)} of a default run, measured beside the same neighbours.

${table(
  ['run', 'began (UTC)', 'minutes', 'busy before', 'load', 'exit', 'compared', 'inconclusive', 'fresh rounds', 'regressions', 'disturbed by', 'invalid'],
  quiet.map((night, index) => {
    const { regressions, compared, inconclusive, fresh, disturbed: by, invalid } = tallies[index] ?? tallyOf(night.record);
    return [night.label, night.startedAt.slice(11, 16), night.minutes.toFixed(1), night.busyBefore.toFixed(1), `${night.loadBefore.toFixed(1)}-${night.loadAfter.toFixed(1)}`, String(night.exitCode), String(compared), String(inconclusive), String(fresh), regressions.join(', ') || '0', by.join(', ') || '-', invalid.join('; ') || '-'];
  }),
)}

### Made slower on purpose

${injected.length === 0 ? 'Not measured yet.' : `Each against the baselines of another night. *caught*: a regression. *declared*: not called one, and the smallest change that the run said it
would have seen is at least what was injected, so that it said so truly. *withheld*: the run is invalid, so it neither passes nor accuses, and
is made again, ${MOST_AGAIN} times at most. *missed*: anything else. ${count('caught')} caught, ${count('declared')} declared, ${count('withheld')} withheld, ${count('missed')} missed (bound: each caught or declared, ${caught}).
Where the measured change is far from the injected one, neighbours made the rest of it. *now*: the outcome by the gate as it is now, of the
same rounds against the same baselines.

${table(
  ['injected', 'after night', 'metric', 'sessions', 'injected change', 'measured change', 'smallest detectable', 'runs', 'disturbed by', 'outcome', 'now'],
  injected.flatMap(({ night, injection, runs, hits }) => hits.map((hit) => [injection.what, String(night), `${hit.workload} ${hit.metric}`, String(hit.sessions), percent(hit.injected), percent(hit.change), percent(hit.smallestDetectable), String(runs.length), disturbedIn(runs[hit.run]), hit.outcome, hit.now])),
)}`}
`;
}
