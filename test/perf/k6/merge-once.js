// Merges once, in a process of its own, with what was built (as `bench k6 merge` runs it), and says what that took.
//   node merge-once.js files PLAN.json FILE…      node merge-once.js prometheus PLAN.json URL
import { readFileSync } from 'node:fs';
import { mergeSegments } from '../../../dist/k6/merge/merge.js';
import { PrometheusClient } from '../../../dist/k6/prometheus/client.js';
import { readFromPrometheus } from '../../../dist/k6/prometheus/read.js';

const [, , mode, planFile = '', ...where] = process.argv;
const plan = JSON.parse(readFileSync(planFile, 'utf8'));
const startMs = performance.now();
const cpu = process.cpuUsage();
const { points, bytes, parts } = await (mode === 'files' ? mergeSegments(plan, where) : readFromPrometheus(plan, new PrometheusClient(where[0] ?? '', undefined), { sinceMs: 7_200_000, nowMs: Date.now() }));
const seconds = (performance.now() - startMs) / 1_000;
const { user, system } = process.cpuUsage(cpu);
const results = parts.map(({ result }) => result);
process.stdout.write(
  JSON.stringify({
    points,
    bytes,
    seconds,
    cpuSeconds: (user + system) / 1e6,
    peakMB: (process.resourceUsage().maxRSS * 1_024) / 1e6,
    findings: [...new Set(results.flatMap(({ findings = [] }) => findings.map(({ code }) => code)))],
    completed: results.reduce((sum, { requests }) => sum + requests.reduce((all, { completed }) => all + completed, 0), 0),
  }),
);
