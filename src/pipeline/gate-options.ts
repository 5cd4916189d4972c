import type { GateOptions } from '../compare/options.ts';
import { observeGate } from '../observe/observed.ts';
import type { ObserveSpec } from '../observe/schema.ts';

/** The `gate` section of a scenario, with the series that it wants gated. Pure. */
export function gateWith(gate: GateOptions, observe: Pick<ObserveSpec, 'series'> | null): GateOptions {
  return observe === null ? gate : { ...gate, metrics: { ...gate.metrics, ...observeGate(observe) } };
}
