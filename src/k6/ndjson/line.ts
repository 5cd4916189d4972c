import { timeMsOf } from './time.ts';

/** A line of k6's JSON output in whatever order its fields come. */
export type Line = { type: 'metric'; metric: string; kind: string; contains: string; thresholds: number } | { type: 'point'; metric: string; timeMs: number; value: number; tags: string };

const SHOWN = 80;

/** The slow way, for lines that are not in the form k6 writes points. Throws what `wrong` makes of what was found. */
export function parseLine(text: string, wrong: (found: string) => Error): Line {
  const shown = text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}…`;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw wrong(shown);
  }
  if (!isMap(value) || !isMap(value['data']) || typeof value['metric'] !== 'string') throw wrong(shown);
  const { type, metric, data } = value;
  if (type === 'Metric') return { type: 'metric', metric, kind: textOf(data['type']), contains: textOf(data['contains']), thresholds: Array.isArray(data['thresholds']) ? data['thresholds'].length : 0 };
  const timeMs = typeof data['time'] === 'string' ? timeMsOf(data['time']) : Number.NaN;
  if (type !== 'Point' || typeof data['value'] !== 'number' || Number.isNaN(timeMs)) throw wrong(shown);
  return { type: 'point', metric, timeMs, value: data['value'], tags: Buffer.from(JSON.stringify(data['tags'] ?? {})).toString('latin1') };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
