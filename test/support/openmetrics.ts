/** A strict reader of OpenMetrics text 1.0 as far as gauges go: what it accepts, Prometheus accepts. Throws with the line that is wrong. */
export interface ParsedSample {
  family: string;
  labels: Record<string, string>;
  value: number;
}

const NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const NUMBER = /^(?:[+-]?(?:\d+(?:\.\d+)?)(?:e[+-]?\d+)?|NaN|[+-]Inf)$/i;

export function parseOpenMetrics(text: string): ParsedSample[] {
  const lines = text.split('\n');
  if (lines.pop() !== '' || lines.pop() !== '# EOF') throw new Error('the text must end with "# EOF" and a line break');
  const samples: ParsedSample[] = [];
  const families = new Map<string, Set<string>>();
  let current = { name: '', unit: '', seen: new Set<string>(), sampled: false };
  for (const line of lines) {
    const fail = (why: string): never => {
      throw new Error(`${why}: ${line}`);
    };
    const meta = /^# (TYPE|UNIT|HELP) (\S+) (.*)$/.exec(line);
    if (meta !== null) {
      const [, kind = '', name = '', rest = ''] = meta;
      if (name !== current.name) {
        if (families.has(name)) fail('a family stands in two places');
        families.set(name, new Set());
        current = { name, unit: '', seen: new Set(), sampled: false };
      }
      if (!NAME.test(name)) fail('no name of a metric');
      if (current.sampled || current.seen.has(kind)) fail('metadata twice or after samples');
      current.seen.add(kind);
      if (kind === 'TYPE' && rest !== 'gauge') fail('another type than gauge');
      if (kind === 'UNIT' && !name.endsWith(`_${rest}`)) fail('a unit that the name does not end with');
      if (kind === 'HELP' && /\\(?![\\n"])/.test(rest)) fail('a wrong escape');
      continue;
    }
    const sample = /^([^{ ]+)(?:\{(.*)\})? (\S+)$/s.exec(line) ?? fail('neither metadata nor a sample');
    const [, name = '', labelText, value = ''] = sample;
    if (name !== current.name) fail('a sample outside of its family');
    if (!NUMBER.test(value)) fail('no number');
    current.sampled = true;
    const labels = parseLabels(labelText ?? '', fail);
    const key = JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
    const known = families.get(name);
    if (known?.has(key) === true) fail('the same labels twice');
    known?.add(key);
    samples.push({ family: name, labels, value: value.endsWith('Inf') ? Number(`${value}inity`) : Number(value) });
  }
  return samples;
}

function parseLabels(text: string, fail: (why: string) => never): Record<string, string> {
  const labels: Record<string, string> = {};
  let rest = text;
  while (rest !== '') {
    const match = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\["\\n])*)"(?:,(?=.)|$)/s.exec(rest) ?? fail('wrong labels');
    const [whole, name = '', value = ''] = match;
    if (name in labels) fail('a label twice');
    labels[name] = value.replaceAll(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char));
    rest = rest.slice(whole.length);
  }
  return labels;
}
