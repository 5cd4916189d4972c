/**
 * What k6 2.2.0 really wrote for a script with two k6 scenarios, tagged by endpoint (recorded/): alone, and as the first and second
 * of two segments. Those were run one after the other; here they begin together unless `apart` is true.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

const RECORDED_TARGET = 'http://127.0.0.1:9930';
const SECOND_BEGAN_LATER_MS = 3_122;

export const recordedFile = (name) => new URL(`./recorded/${name}.ndjson.gz`, import.meta.url);

/** @param {{ segment: number, segments: number, baseUrl?: string, apart?: boolean }} options */
export function recordedLines({ segment, segments, baseUrl = RECORDED_TARGET, apart = false }) {
  const name = segments === 1 ? 'points' : `segment-${segment + 1}`;
  const text = gunzipSync(readFileSync(recordedFile(name))).toString('utf8').replaceAll(RECORDED_TARGET, baseUrl);
  const lines = text.trimEnd().split('\n');
  if (apart || name !== 'segment-2') return lines;
  return lines.map((line) => line.replace(/"time":"([^".]+)\.(\d+)Z"/, (_, second, fraction) => `"time":"${shifted(second, fraction)}"`));
}

function shifted(second, fraction) {
  const nanos = fraction.padEnd(9, '0');
  const ms = Date.parse(`${second}Z`) + Number(nanos.slice(0, 3)) - SECOND_BEGAN_LATER_MS;
  return `${new Date(ms).toISOString().slice(0, -1)}${nanos.slice(3)}Z`;
}
