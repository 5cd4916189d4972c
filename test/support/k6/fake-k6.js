#!/usr/bin/env node
/**
 * Stands in for k6 2.2 where there is none: takes its command line, lays down points as k6 does for the plan beside the script, at
 * once, and ends as FAKE_K6 says: `ok`, `exit:<code>`, `hang`, `die` (in the middle, by SIGKILL), `silent` (no points), `throw:<n>` (so many
 * iterations throw) and `full` (the disk is).
 * FAKE_K6_SEGMENT: only this segment misbehaves. FAKE_K6_LATENCY_MS: of every answer.
 * A script without a plan beside it is a hand-written one: what k6 2.2.0 wrote for such a script (recorded/) is replayed, sent to
 * BASE_URL or, with FAKE_K6=stranger, to another host.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { recordedLines } from './recorded.js';
import { segmentLines } from './points.js';

const args = process.argv.slice(2);
if (args[0] === 'version') {
  process.stdout.write(`k6 v${process.env.FAKE_K6_VERSION ?? '2.2.0'} (go1.25.1, linux/amd64)\n`);
  process.exit(0);
}
const script = args.at(-1);
const refuse = (code) => {
  process.stderr.write('time="2026-11-21T23:56:01Z" level=error msg="Error: boom\\n\\tat file:///tmp/b.js:1:78(17)\\n" hint="script exception" source=stacktrace\n');
  process.exit(code);
};
if (args[0] === 'inspect') {
  if (process.env.FAKE_K6 === 'inspect:107') refuse(107);
  const health = { executor: 'constant-arrival-rate', startTime: null, gracefulStop: '30s', duration: '3s', rate: 20 };
  const status = { executor: 'ramping-arrival-rate', startTime: '500ms', gracefulStop: null, stages: [{ duration: '500ms', target: 20 }, { duration: '2s', target: 20 }] };
  const scenarios = process.env.FAKE_K6 === 'inspect:iterations' ? { health, once: { executor: 'shared-iterations', maxDuration: '10m0s' } } : { health, status };
  const thresholds = { 'http_req_duration{endpoint:health}': ['p(95)<100'], http_req_failed: ['rate<0.01'] };
  process.stdout.write(`${JSON.stringify({ paused: null, scenarios, thresholds, totalDuration: '33s', maxVUs: 20 }, null, 2)}\n`);
  process.exit(0);
}
const option = (name) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
const output = option('--out').replace(/^json=/, '');
const sequence = (option('--execution-segment-sequence') ?? '0,1').split(',');
const segment = sequence.indexOf((option('--execution-segment') ?? '0:1').split(':')[0]);
const mode = process.env.FAKE_K6_SEGMENT === undefined || Number(process.env.FAKE_K6_SEGMENT) === segment ? (process.env.FAKE_K6 ?? 'ok') : 'ok';
const [kind, code] = mode.split(':');

if (kind === 'exit' && (code === '104' || code === '107')) refuse(Number(code));
const lines = kind === 'silent' ? [] : points();
writeFileSync(output, lines.map((line) => `${line}\n`).join(''));
// As k6 2.2.1 wrote both; it ended with 0.
if (kind === 'throw') for (let n = 0; n < Number(code); n += 1) process.stderr.write('time="2026-11-22T10:38:32Z" level=error msg="Error: in an iteration\\n\\tat default (file:///s/iterthrow.js:3:69(12))\\n" executor=shared-iterations hint="script exception" scenario=default source=stacktrace\n');
if (kind === 'full') process.stderr.write(`time="2026-11-22T10:38:31Z" level=error msg="Sample(s) couldn't be marshalled to JSON" error="write /tmp/o.ndjson: no space left on device" failed=340 filename=/tmp/o.ndjson output=json\n`);
if (kind === 'die') process.kill(process.pid, 'SIGKILL');
if (kind === 'hang') setInterval(() => {}, 1_000);
else {
  if (kind === 'exit') process.stderr.write(`time="2026-11-21T23:56:01Z" level=error msg="it ended with ${code}"\n`);
  process.exitCode = kind === 'exit' ? Number(code) : 0;
}

function points() {
  const planFile = join(dirname(script), 'plan.json');
  if (!existsSync(planFile)) return recordedLines({ segment, segments: sequence.length - 1, baseUrl: kind === 'stranger' ? 'http://elsewhere.example' : process.env.BASE_URL });
  const plan = JSON.parse(readFileSync(planFile, 'utf8'));
  const latencyMs = Number(process.env.FAKE_K6_LATENCY_MS ?? 20);
  return [...segmentLines({ plan, segment, latencyMs: () => latencyMs, ...(kind === 'die' ? { until: 200 } : {}) })];
}
