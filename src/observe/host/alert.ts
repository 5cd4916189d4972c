import { shown } from '../../fields.ts';
import { metricKind } from '../../record/metrics.ts';
import type { Labels, Unit } from '../../record/schema.ts';
import { parseBytes, parseDurationMs, parseShare } from '../../units.ts';
import type { Parsed } from '../selector.ts';

/** A state of the machine that is not to be: `cpu > 80% for 5m`. */
export interface HostAlert {
  /** As it was written. */
  text: string;
  id: string;
  labels: Labels;
  unit: Unit;
  /** Above or below `limit` is wrong. */
  wrong: 'above' | 'below';
  limit: number;
  /** Only where it lasts this long; 0: at any moment. */
  forMs: number;
}

/** What can be watched, as people write it. */
export const SUBJECTS: Readonly<Record<string, string>> = {
  cpu: 'host.cpu',
  memory: 'host.memory',
  'disk free': 'host.disk.free',
  'disk read': 'host.disk.read',
  'disk write': 'host.disk.write',
  'network in': 'host.network.in',
  'network out': 'host.network.out',
};

const ALERT = /^\s*(.+?)\s*(>|<|above|below)\s*(\S+?)(?:\s+for\s+(\S+))?\s*$/;
const PROCESS = /^process\s+(\S+)\s+(cpu|memory)$/;
const EXAMPLE = 'cpu > 80% for 5m, memory > 95%, disk free < 10%, disk write > 50MB/s or process ffmpeg memory > 2GB';

/** Reads one line; `wrong` says what would be right. */
export function parseAlert(text: string): Parsed<HostAlert> {
  const [, subject = '', sign = '', amount = '', duration] = ALERT.exec(text) ?? [];
  const named = PROCESS.exec(subject);
  const id = named === null ? SUBJECTS[subject.replaceAll(/\s+/g, ' ')] : `host.process.${named[2] ?? ''}`;
  if (id === undefined) return { ok: false, wrong: `must be an alert such as ${EXAMPLE}: got ${shown(text)}` };
  const { unit } = metricKind(id);
  const limit = amountIn(amount, unit);
  if (limit === undefined) return { ok: false, wrong: `needs ${WORDS[unit] ?? 'a figure'} behind ${sign}: got ${shown(text)}` };
  const forMs = duration === undefined ? 0 : parseDurationMs(duration);
  if (forMs === undefined) return { ok: false, wrong: `needs a duration behind for, for example 5m or 30s: got ${shown(text)}` };
  return { ok: true, value: { text: text.trim(), id, labels: named === null ? {} : { process: named[1] ?? '' }, unit, wrong: sign === '>' || sign === 'above' ? 'above' : 'below', limit, forMs } };
}

const WORDS: Partial<Record<Unit, string>> = { share: 'a percentage, for example 80%,', bytes: 'a size, for example 2GB,', 'bytes/s': 'a size a second, for example 50MB/s,' };

function amountIn(text: string, unit: Unit): number | undefined {
  if (unit === 'share') return parseShare(text);
  if (unit === 'bytes') return parseBytes(text);
  return text.endsWith('/s') ? parseBytes(text.slice(0, -2)) : undefined;
}
