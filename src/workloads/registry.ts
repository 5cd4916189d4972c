import type { SlaLimit } from '../record/limits.ts';
import type { ConcurrencyLevel, PreparedWorkload, RateLevel, WorkloadContext, WorkloadKind } from './contract.ts';
import { check } from './check/check.ts';
import { encode } from './encode/run.ts';
import { http } from './http/http.ts';
import { job } from './job/job.ts';
import { k6 } from './k6/k6.ts';
import type { Workload } from './schemas.ts';

/** One workload of a plan together with the kind that knows how to run it. */
export interface BoundWorkload {
  kind: string;
  needsTarget: boolean;
  readOnly: boolean;
  once: boolean;
  estimateRoundMs: number;
  limits: SlaLimit[];
  /** Null where it has no rate. */
  ratePerSecond: number | null;
  /** The same workload at another rate; null where it has none. */
  atRate(level: RateLevel): BoundWorkload | null;
  /** The same workload with so many under way at once; null where that means nothing. */
  atConcurrency(level: ConcurrencyLevel): BoundWorkload | null;
  prepare(context: WorkloadContext): Promise<PreparedWorkload>;
}

/** Finds the kind of a parsed workload. A new kind is a folder and a line here. */
export function bind(workload: Workload): BoundWorkload {
  if ('http' in workload) return boundTo(http, workload);
  if ('job' in workload) return boundTo(job, workload);
  if ('check' in workload) return boundTo(check, workload);
  if ('k6' in workload) return boundTo(k6, workload);
  return boundTo(encode, workload);
}

function boundTo<Spec>(kind: WorkloadKind<Spec>, spec: Spec): BoundWorkload {
  return {
    kind: kind.kind,
    needsTarget: kind.needsTarget(spec),
    readOnly: kind.readOnly(spec),
    once: kind.once === true,
    estimateRoundMs: kind.estimateRoundMs(spec),
    limits: kind.limits(spec),
    ratePerSecond: kind.rateOf?.(spec) ?? null,
    atRate(level) {
      const changed = kind.atRate?.(spec, level) ?? null;
      return changed === null ? null : boundTo(kind, changed);
    },
    atConcurrency(level) {
      const changed = kind.atConcurrency?.(spec, level) ?? null;
      return changed === null ? null : boundTo(kind, changed);
    },
    prepare: (context) => kind.prepare(spec, context),
  };
}
