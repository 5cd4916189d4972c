import { z } from 'zod';
import { name as nameField } from '../fields.ts';
import { WORKLOAD_KINDS, type Workload } from '../workloads/schemas.ts';
import { asReference, captureNames, finishAll } from './interpolate.ts';
import { check, type Checked, type Issue } from './issues.ts';
import type { Outline } from './outline.ts';
import { isMap, merge } from './patch.ts';
import type { Path, Problem } from './problem.ts';
import { kindAsWritten } from './kind-as-written.ts';
import type { Finding } from './rules/finding.ts';
import { SCENARIO_RULES } from './rules/scenario.ts';
import { WORKLOAD_RULES } from './rules/workload.ts';
import { scenario as scenarioSchema, type Scenario } from './schema.ts';
import { exactPlace, locateIn, type Place } from './place.ts';
import type { YamlFile } from './yaml.ts';

/** The same twice: with secrets put in, to run; with references in their place, to store, show and hash. */
export interface TwoForms<T> {
  resolved: T;
  published: T;
}

/** Workloads are checked one by one, by the schema of their kind: a union of all kinds would complain about the wrong one. */
const frame = scenarioSchema.extend({ workloads: z.array(z.unknown()).min(1) });

/** What a scenario means: its value and those of its profiles, and every mistake with its place. */
export function checkScenario(yaml: YamlFile, outline: Outline | undefined, targetGiven: boolean) {
  const { plain, root } = yaml;
  const problems: Problem[] = [];
  const report = (findings: readonly (Issue | Finding)[], before: Path = [], place = locateIn(root)): void => {
    for (const finding of findings) {
      const path = [...before, ...finding.path];
      problems.push(yaml.problem(place(path, finding.at), path, finding.message, 'severity' in finding ? finding.severity : 'error'));
    }
  };

  const framed = checkWith(frame, plain, root);
  if (!framed.ok) report(framed.issues);
  const written: unknown[] = isMap(plain) && Array.isArray(plain['workloads']) ? plain['workloads'] : [];
  const workloads = written.map((each, index) => checkWorkload(each, (path) => exactPlace(root, ['workloads', index, ...path])));
  workloads.forEach(({ findings }, index) => report(findings, ['workloads', index]));

  const variants = profilesOf(plain).map(({ name, patches }) => {
    const changed = written.map((each, index): CheckedWorkload | undefined => {
      const key = outline?.workloads[index]?.name;
      const patch = key === undefined ? undefined : patches[key];
      const base = workloads[index];
      if (key === undefined || base === undefined || !isMap(patch)) return base;
      const before = ['profiles', name, 'workloads', key];
      const result =
        'name' in patch
          ? { value: undefined, findings: [{ path: ['name'], at: 'key' as const, message: `cannot be changed by a profile: the workload stays ${key}`, severity: 'error' as const }] }
          : checkWorkload(merge(each, patch), (path) => exactPlace(root, [...before, ...path]) ?? exactPlace(root, ['workloads', index, ...path]));
      const known = new Set(base.findings.map((finding) => JSON.stringify(finding)));
      report(result.findings.filter((finding) => !known.has(JSON.stringify(finding))), before, locateIn(root));
      return result;
    });
    return { name, workloads: changed };
  });

  if (outline !== undefined) report(SCENARIO_RULES.flatMap((rule) => rule(outline, targetGiven)));
  if (isMap(plain)) report([...capturesOutsideRequests(plain['target'], ['target']), ...capturesOutsideRequests(plain['observe'], ['observe']), ...capturesOutsideRequests(plain['host'], ['host'])]);

  const parsed = allValues(workloads);
  if (!framed.ok || parsed === undefined) return { problems, value: undefined };
  const forms = <T>(value: T): TwoForms<T> => ({
    resolved: finishAll(value, (name) => yaml.secrets.get(name) ?? asReference(name)),
    published: finishAll(value, asReference),
  });
  const whole = variants.flatMap(({ name, workloads: changed }) => {
    const values = allValues(changed);
    return values === undefined ? [] : [[name, forms(values)] as const];
  });
  return { problems, value: { scenario: forms<Scenario>({ ...framed.value, workloads: parsed }), variants: Object.fromEntries(whole) } };
}

interface CheckedWorkload {
  value: Workload | undefined;
  findings: Finding[];
}

function checkWorkload(plain: unknown, placeOf: (path: Path) => Place | undefined): CheckedWorkload {
  const asErrors = (issues: readonly Issue[]): Finding[] => issues.map((issue) => ({ ...issue, severity: 'error' }));
  const wrong = (message: string): CheckedWorkload => ({ value: undefined, findings: [{ path: [], at: 'value', message, severity: 'error' }] });
  if (placeOf([])?.unset === true) return { value: undefined, findings: [] };
  if (!isMap(plain)) return wrong('must be a map with a name and a kind');
  const written = kindAsWritten(plain);
  if ('wrong' in written) {
    const named = check(z.looseObject({ name: nameField }), plain);
    return { value: undefined, findings: [...wrong(written.wrong).findings, ...asErrors(named.ok ? [] : named.issues)] };
  }
  const checked = checkTyped<Workload>(WORKLOAD_KINDS[written.kind].schema, plain, placeOf);
  if (!checked.ok) return { value: undefined, findings: asErrors(checked.issues) };
  return { value: checked.value, findings: WORKLOAD_RULES.flatMap((rule) => rule(checked.value)) };
}

const checkWith = <T>(schema: z.ZodType<T>, plain: unknown, root: Place): Checked<T> => checkTyped(schema, plain, (path) => exactPlace(root, path));

/**
 * A text that is wholly `${env.X}` stands for text first, and where that does not fit for the number or truth value it spells.
 * What holds a variable without a value is not complained about a second time.
 */
function checkTyped<T>(schema: z.ZodType<T>, plain: unknown, placeOf: (path: Path) => Place | undefined): Checked<T> {
  const first = check(schema, plain);
  if (first.ok) return first;
  const typed = first.issues.flatMap(({ path }) => {
    const value = placeOf(path)?.typed;
    return value === undefined ? [] : [{ path, value }];
  });
  const second = typed.length === 0 ? first : check(schema, typed.reduce((value, each) => withValue(value, each.path, each.value), plain));
  return second.ok ? second : { ok: false, issues: second.issues.filter(({ path }) => placeOf(path)?.unset !== true) };
}

function withValue(plain: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value;
  if (Array.isArray(plain)) return plain.map((each: unknown, index) => (index === key ? withValue(each, rest, value) : each));
  return isMap(plain) ? { ...plain, [key]: withValue(plain[key], rest, value) } : plain;
}

function allValues(workloads: readonly (CheckedWorkload | undefined)[]): Workload[] | undefined {
  const values = workloads.flatMap((each) => each?.value ?? []);
  return values.length === workloads.length ? values : undefined;
}

function profilesOf(plain: unknown): { name: string; patches: Readonly<Record<string, unknown>> }[] {
  const profiles = isMap(plain) ? plain['profiles'] : undefined;
  if (!isMap(profiles)) return [];
  return Object.entries(profiles).map(([name, profile]) => {
    const patches = isMap(profile) ? profile['workloads'] : undefined;
    return { name, patches: isMap(patches) ? patches : {} };
  });
}

function capturesOutsideRequests(value: unknown, path: Path): Finding[] {
  if (isMap(value)) return Object.entries(value).flatMap(([key, each]) => capturesOutsideRequests(each, [...path, key]));
  if (typeof value !== 'string') return [];
  return captureNames(value).used.map((name) => ({
    path,
    at: 'value' as const,
    message: `\${${name}} stands where no captured value is put in; an environment variable is written \${env.${name}}, a secret \${secret.${name}}`,
    severity: 'error' as const,
  }));
}
