import { parse } from 'yaml';
import { z } from 'zod';
import { DEFAULT_GATE, type GateOptions } from '../compare/options.ts';
import { observeGate } from '../observe/observed.ts';
import { observe } from '../observe/schema.ts';
import type { RunRecord } from '../record/schema.ts';
import { gate } from '../scenario/schema.ts';

const sections = z.object({ gate: gate.prefault({}), observe: observe.optional().catch(undefined) });

/** How a run's scenarios wanted their metrics gated, by name, from their text as the record has it; and what of it could not be read. Pure. */
export function writtenGates({ scenarios }: Pick<RunRecord, 'scenarios'>): { gates: Map<string, GateOptions>; notes: string[] } {
  const read = scenarios.map(({ name, source }) => ({ name, options: gateIn(source) }));
  return {
    gates: new Map(read.map(({ name, options }) => [name, options ?? DEFAULT_GATE])),
    notes: read.filter(({ options }) => options === null).map(({ name }) => `the gate section of ${name} in the record cannot be read: the usual limits hold`),
  };
}

function gateIn(source: string): GateOptions | null {
  try {
    const { data } = sections.safeParse(parse(source));
    if (data === undefined) return null;
    return data.observe === undefined ? data.gate : { ...data.gate, metrics: { ...data.gate.metrics, ...observeGate(data.observe) } };
  } catch {
    return null;
  }
}
