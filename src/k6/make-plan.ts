import { randomUUID } from 'node:crypto';
import { BenchError, EXIT } from '../errors.ts';
import type { LoadPlan, RequestPlan } from '../load/plan.ts';
import { delayOf, optionsOf, partMs } from './executor.ts';
import type { K6Part, K6Plan } from './plan.ts';

/** What is to be run on k6, one after the other. */
export interface PartOf {
  workload: string;
  round: number;
  load: LoadPlan;
  setup: readonly RequestPlan[];
}

/** Between two parts, so that the answers of one do not disturb the next. */
const GAP_MS = 1_000;
/** A file is held in memory by every virtual user. */
const BODY_LIMIT_BYTES = 20_000_000;

/** The plan of a test. Throws a BenchError (2) for what k6 cannot do. Ids apart, pure. */
export function makeK6Plan(scenario: string, parts: readonly PartOf[], segments: number, secrets: readonly string[] = [], id: string = randomUUID()): K6Plan {
  let startMs = 0;
  const placed = parts.map(({ workload, round, load, setup }): K6Part => {
    refuseWhatK6CannotDo(workload, load, segments);
    const { data } = load;
    const delayMs = delayOf(load);
    const slim: LoadPlan = data === null ? load : { ...load, data: { ...data, rows: [] } };
    const part = { workload, round, startMs, load: slim, delayMs, first: load.model === 'open' && load.stages.length > 0 ? (1 as const) : (0 as const), setup };
    startMs += partMs(part) + GAP_MS;
    return part;
  });
  return {
    schema: 1,
    id,
    scenario,
    segments,
    parts: placed,
    rows: Object.fromEntries(parts.flatMap(({ workload, load }) => (load.data === null || load.data.rows.length === 0 ? [] : [[workload, load.data.rows]]))),
    options: optionsOf(placed, segments, hostsOf(parts)),
    secrets,
  };
}

/** How long a test of these parts takes, at most. */
export function testMs({ parts }: Pick<K6Plan, 'parts'>): number {
  return Math.max(0, ...parts.map((part) => part.startMs + partMs(part)));
}

/** Names that were resolved and let through: k6 asks nobody again. */
function hostsOf(parts: readonly PartOf[]): Record<string, string> {
  return Object.fromEntries(
    parts.flatMap(({ load: { target } }) => {
      const host = new URL(target.origin).hostname;
      const [first] = target.addresses;
      return first === undefined || host === first.address || host === `[${first.address}]` ? [] : [[host, first.address]];
    }),
  );
}

function refuseWhatK6CannotDo(workload: string, load: LoadPlan, segments: number): void {
  const refuse = (what: string, hint: string): BenchError => new BenchError(EXIT.usage, `${workload}: ${what}`, { hint });
  if (load.model === 'closed' && load.connections < segments) throw refuse(`${load.connections} connections cannot be shared by ${segments} segments`, 'Use more connections or fewer segments.');
  for (const { body } of load.flows.flatMap(({ steps }) => steps)) {
    const bytes = body.type === 'file' ? body.bytes : body.type === 'multipart' ? body.parts.reduce((sum, { content }) => sum + (content.type === 'file' ? content.bytes : 0), 0) : 0;
    if (bytes > BODY_LIMIT_BYTES) throw refuse(`a body of ${bytes} bytes is too large for k6, which holds it in memory for every virtual user`, `Send at most ${BODY_LIMIT_BYTES} bytes, or use bench run, which streams it.`);
  }
}
