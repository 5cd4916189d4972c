import { parse } from 'yaml';
import { z } from 'zod';
import { DEFAULT_GATE, type GateOptions } from '../compare/options.ts';
import { observe } from '../observe/schema.ts';
import type { RunRecord } from '../record/schema.ts';
import { gate } from '../scenario/schema.ts';
import { gateWith } from './gate-options.ts';

const ownGate = z.object({ gate: gate.prefault({}) });
/** Only what a gate depends on: the text is as it was written, with `${env.X}` where a URL is to be. */
const gatedSeries = z.object({ observe: z.object({ series: observe.shape.series }).nullable().default(null) }).nullable();

/** How a run's scenarios wanted their metrics gated, by name, from their text as the record has it; and what of it could not be read. Pure. */
export function writtenGates({ scenarios }: Pick<RunRecord, 'scenarios'>): { gates: Map<string, GateOptions>; notes: string[] } {
  const read = scenarios.map(({ name, source }) => ({ name, ...gateIn(source) }));
  return {
    gates: new Map(read.map(({ name, options }) => [name, options])),
    notes: read.flatMap(({ name, unread }) => unread.map((what) => `the ${what.section} section of ${name} in the record cannot be read: ${what.so}`)),
  };
}

const UNREAD = {
  gate: { section: 'gate', so: 'the usual limits hold' },
  observe: { section: 'observe', so: 'none of its series is gated' },
} as const;

function gateIn(source: string): { options: GateOptions; unread: (typeof UNREAD)[keyof typeof UNREAD][] } {
  const written = parsed(source);
  const [own, series] = [ownGate.safeParse(written), gatedSeries.safeParse(written)];
  return {
    options: gateWith(own.data?.gate ?? DEFAULT_GATE, series.data?.observe ?? null),
    unread: [...(own.success ? [] : [UNREAD.gate]), ...(series.success ? [] : [UNREAD.observe])],
  };
}

/** Null where it is no YAML. */
function parsed(source: string): unknown {
  try {
    return parse(source);
  } catch {
    return null;
  }
}
