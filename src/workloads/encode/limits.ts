import { SEVERITIES, type Severity, type SlaLimit } from '../../record/limits.ts';
import type { EncodeLimits, EncodeSlaOfOne, EncodeWorkload } from './schema.ts';

/** For each field of the `sla` section: the metric it limits, which has the same unit. */
const FIELDS: { [Field in keyof Required<EncodeLimits>]: { id: string; operator: SlaLimit['operator'] } } = {
  wall: { id: 'encode.wall', operator: '<=' },
  cpu: { id: 'encode.cpu', operator: '<=' },
  fps: { id: 'encode.fps', operator: '>=' },
  speed: { id: 'encode.speed', operator: '>=' },
  makespan: { id: 'batch.makespan', operator: '<=' },
  videosPerHour: { id: 'batch.videosPerHour', operator: '>=' },
  successRate: { id: 'success.rate', operator: '>=' },
};

/**
 * The `sla` section as limits, one set for each encoder: the general ones, overridden by those of that encoder. Every limit
 * names its encoder, so that one that could not be measured has a limit without a metric, and never passes.
 */
export function limits({ encode, sla }: Pick<EncodeWorkload, 'encode' | 'sla'>): SlaLimit[] {
  const { warning, info, ...critical } = sla;
  const parts: Record<Severity, EncodeSlaOfOne> = { critical, warning: warning ?? {}, info: info ?? {} };
  return SEVERITIES.flatMap((severity) => ofSeverity(encode.encoders, parts[severity], severity));
}

function ofSeverity(named: EncodeWorkload['encode']['encoders'], sla: EncodeSlaOfOne, severity: Severity): SlaLimit[] {
  const { encoders, ...general } = sla;
  return named.flatMap((encoder) => {
    const merged: EncodeLimits = { ...general, ...encoders?.[encoder] };
    return fields().flatMap((field): SlaLimit[] => {
      const { id, operator } = FIELDS[field];
      const written = merged[field];
      return written === undefined ? [] : [{ id, labels: { encoder }, operator, limit: written, severity }];
    });
  });
}

const isField = (key: string): key is keyof EncodeLimits => key in FIELDS;
const fields = (): (keyof EncodeLimits)[] => Object.keys(FIELDS).filter(isField);
