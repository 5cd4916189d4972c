import { splitSeverity } from '../../record/limits.ts';
import { METRICS } from '../../record/metrics.ts';
import { WORKLOAD_KINDS } from '../../workloads/schemas.ts';
import { nearest, suggestion } from '../nearest.ts';
import type { Outline } from '../outline.ts';
import { BUILT_IN_PROFILES } from '../schema.ts';
import { error, repeated, warning, type Finding } from './finding.ts';

type ScenarioRule = (scenario: Outline, targetGiven: boolean) => Finding[];

const workloadNamesAreUnique: ScenarioRule = ({ workloads }) =>
  repeated(workloads.map(({ name }) => name))
    .filter(({ value }) => value !== undefined)
    .map(({ index, first, value }) => error(['workloads', index, 'name'], `${value} is the name of workloads[${first}] already: names are unique in a scenario`));

const profilesNameWorkloads: ScenarioRule = ({ workloads, profiles }) => {
  const names = workloads.flatMap(({ name }) => name ?? []);
  const unknown = (name: string): string => `no workload is named ${name}, ${suggestion(name, names)}`;
  return profiles.flatMap((profile) => [
    ...profile.only.flatMap((name, index) => (names.includes(name) ? [] : error(['profiles', profile.name, 'only', index], unknown(name)))),
    ...profile.patched.flatMap((name) => (names.includes(name) ? [] : error(['profiles', profile.name, 'workloads', name], unknown(name), 'key'))),
  ]);
};

const observeNamesWorkloads: ScenarioRule = ({ workloads, observed }) => {
  const names = workloads.flatMap(({ name }) => name ?? []);
  return observed.flatMap(({ path, name }) => (names.includes(name) ? [] : error(path, `no workload is named ${name}, ${suggestion(name, names)}`)));
};

const HOST_FIGURES = Object.keys(METRICS).filter((id) => id.startsWith('host.'));

/** What an item of the guide is decided by must be there: a reference to nothing would be 'not measured' for ever. */
const readinessNamesWhatIsThere: ScenarioRule = ({ workloads, series, deciding, watchesHost }) => {
  const names = workloads.flatMap(({ name }) => name ?? []);
  const wrong = (written: string): string | undefined => {
    if (written === 'baseline' || written === 'capacity') return undefined;
    const { what: reference } = splitSeverity(written);
    if (reference.startsWith('host.')) {
      if (!watchesHost) return 'needs host: what is watched on this machine';
      const id = reference.split('{')[0] ?? '';
      return HOST_FIGURES.includes(id) ? undefined : `there is no ${id}, ${suggestion(id, HOST_FIGURES)}`;
    }
    const [name = '', ...rest] = reference.split('/');
    const what = rest.join('/');
    const workload = workloads.find((each) => each.name === name);
    if (workload === undefined) return `no workload is named ${name}, ${suggestion(name, names)}`;
    const [, group = '', each = ''] = /^(check|observe|encoder)\.(.+)$/.exec(what) ?? [];
    if (group === 'check') return workload.checks.includes(each) ? undefined : `${name} does not check ${each}, ${suggestion(each, workload.checks)}`;
    if (group === 'observe') return series.includes(each) ? undefined : `observe has no series ${each}, ${suggestion(each, series)}`;
    if (group === 'encoder' || what === '') return undefined;
    const id = what.split('{')[0] ?? '';
    return id in METRICS ? undefined : `there is no metric ${id}, ${suggestion(id, Object.keys(METRICS))}`;
  };
  return deciding.flatMap(({ path, reference }) => {
    const message = wrong(reference);
    return message === undefined ? [] : [error(path, message)];
  });
};

const patchedWorkloadsRun: ScenarioRule = ({ workloads, profiles }) =>
  profiles.flatMap(({ name, only, patched }) =>
    patched
      .filter((each) => only.length > 0 && !only.includes(each) && workloads.some((workload) => workload.name === each))
      .map((each) => warning(['profiles', name, 'workloads', each], `has no effect: only of this profile leaves ${each} out`, 'key')),
  );

const profileNamesAreMeant: ScenarioRule = ({ profiles }) =>
  profiles.flatMap(({ name }) => {
    const builtIn = Object.keys(BUILT_IN_PROFILES);
    const near = builtIn.includes(name) ? undefined : nearest(name, builtIn);
    return near === undefined ? [] : [warning(['profiles', name], `is a profile of its own: did you mean ${near}?`, 'key')];
  });

const targetWhereNeeded: ScenarioRule = ({ workloads, hasTarget }, targetGiven) => {
  const senders = workloads.flatMap(({ name, kind }, index) => (kind !== undefined && WORKLOAD_KINDS[kind].needsTarget ? [{ name, kind, index }] : []));
  const [first] = senders;
  if (hasTarget || targetGiven || first === undefined) return [];
  const names = senders.map(({ name, index }) => name ?? `workloads[${index}]`).join(', ');
  return [
    error(['workloads', first.index, first.kind], `${names} ${senders.length === 1 ? 'sends' : 'send'} requests, but the scenario has no target: add target: { baseUrl: embedded } or a URL, or run with --target URL`, 'key'),
  ];
};

const targetIsUsed: ScenarioRule = ({ workloads, hasTarget }) =>
  hasTarget && workloads.length > 0 && workloads.every(({ kind }) => kind !== undefined && !WORKLOAD_KINDS[kind].needsTarget)
    ? [warning(['target'], 'is not used: no workload sends requests', 'key')]
    : [];

export const SCENARIO_RULES: readonly ScenarioRule[] = [workloadNamesAreUnique, profilesNameWorkloads, observeNamesWorkloads, readinessNamesWhatIsThere, patchedWorkloadsRun, profileNamesAreMeant, targetWhereNeeded, targetIsUsed];
