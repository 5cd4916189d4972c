import { z } from 'zod';
import { durationMs, needs } from '../../fields.ts';
import { SEVERITIES, type Severity } from '../../record/limits.ts';
import { parseAlert, type HostAlert } from './alert.ts';

const alert = z.string({ error: (issue) => needs('an alert, for example cpu > 80% for 5m', issue.input) }).superRefine((text, context) => {
  const parsed = parseAlert(text);
  if (!parsed.ok) context.addIssue({ code: 'custom', message: parsed.wrong });
});
const alerts = (what: string) => z.array(alert).default([]).describe(what);

const wantedProcess = (issue: { input?: unknown }): string => needs('the name of a process, for example postgres', issue.input);

/** What is watched on this machine while a scenario is measured. */
export const host = z
  .strictObject({
    every: durationMs.pipe(z.number().min(200, { error: 'must be at least 200ms' }).max(60_000, { error: 'is above the ceiling of 1m' })).prefault('1s').describe('how often the machine is looked at'),
    disk: z.string().min(1).default('.').describe('a path on the disk whose free space counts, from the folder of the scenario'),
    processes: z.array(z.string({ error: wantedProcess }).regex(/^[^\s,/]+$/, { error: wantedProcess })).max(20).default([]).describe('processes on this machine by name, those of one name taken together: CPU and memory'),
    critical: alerts('states that fail the run: memory > 95%, disk free < 5%'),
    warning: alerts('states that are a warning: cpu > 80% for 5m'),
    info: alerts('states that are shown'),
  })
  .superRefine(({ processes, ...rest }, context) => {
    for (const severity of SEVERITIES) {
      rest[severity].forEach((text, index) => {
        const parsed = parseAlert(text);
        const name = parsed.ok ? parsed.value.labels['process'] : undefined;
        if (name !== undefined && !processes.includes(name)) context.addIssue({ code: 'custom', path: [severity, index], message: `watches ${name}, which is not in processes: add it there` });
      });
    }
  })
  .transform(({ every, disk, processes, ...rest }) => ({
    every,
    disk,
    processes,
    alerts: SEVERITIES.flatMap((severity) => rest[severity].flatMap((text): (HostAlert & { severity: Severity })[] => {
      const parsed = parseAlert(text);
      return parsed.ok ? [{ ...parsed.value, severity }] : [];
    })),
  }));

export type HostSpec = z.infer<typeof host>;
