import { expect, it } from 'vitest';
import { parseScenario } from '../../../../src/scenario/load.ts';
import { formatProblems } from '../../../../src/scenario/problem.ts';

function said(lines: string): string {
  const { errors, warnings } = parseScenario(`name: jobs\ntarget: { baseUrl: embedded }\nworkloads:\n  - name: ten\n${lines}`, 'a.yaml', { env: {}, unset: 'error' });
  return `\n${formatProblems([...errors, ...warnings])}\n`;
}
const job = (lines: string, sla = ''): string => said(`    job:\n      submit: { request: { method: POST, path: /videos }, capture: { id: { json: /id } } }\n${lines}${sla}`);
const POLL = '      poll: { request: { path: "/videos/${id}" } }\n';
const UNTIL = '      until: { done: { at: /status, is: done } }\n';

it('takes a right one', () => expect(job(POLL + UNTIL)).toBe('\n\n'));

it('says what is missing, and where', () => {
  expect(job('')).toMatchInlineSnapshot(`
    "
    a.yaml:5:5  workloads[0].job.until: is missing: needs a map (lines of key: value)
    "
  `);
  expect(job(UNTIL)).toMatchInlineSnapshot(`
    "
    a.yaml:5:5  workloads[0].job.poll: is missing: needs poll or webhook: how the end of a job is seen
    "
  `);
});

it('says what contradicts', () => {
  expect(job(`${POLL}${UNTIL}      webhook: {}\n      rate: 1/s\n      concurrency: 2\n`)).toMatchInlineSnapshot(`
    "
    a.yaml:6:26  workloads[0].job.submit.request: must tell the service where to call back: put \${webhook} into it
    a.yaml:9:16  workloads[0].job.webhook: stands beside poll: keep one of the two
    a.yaml:10:13  workloads[0].job.rate: stands beside concurrency: keep one of the two
    "
  `);
  expect(job(POLL + UNTIL, '    sla: { queueWait: { p95: 1s }, completion: { p50: 3s, p95: 2s } }\n')).toMatchInlineSnapshot(`
    "
    a.yaml:9:23  workloads[0].sla.queueWait: needs job.times.queued and job.times.started: without them the wait is not measured
    "
  `);
});

it('says what cannot be read', () => {
  expect(job(`${POLL}      until: { done: { at: status, is: done } }\n`)).toMatchInlineSnapshot(`
    "
    a.yaml:8:28  workloads[0].job.until.done.at: must be a JSON pointer, for example /status: got "status"
    "
  `);
  expect(job(`${POLL}      until: { done: { at: /status, matches: "(" } }\n`)).toMatchInlineSnapshot(`
    "
    a.yaml:8:22  workloads[0].job.until.done: is no regular expression: Invalid regular expression: /(/: Unterminated group
    "
  `);
  expect(job(`${POLL}${UNTIL}      timeout: 10\n      jobs: 0\n`)).toMatchInlineSnapshot(`
    "
    a.yaml:9:16  workloads[0].job.timeout: needs a unit: got 10, write for example 10s or 10ms
    a.yaml:10:13  workloads[0].job.jobs: must be a whole number from 1 to 10,000: got 0
    "
  `);
  expect(job(`      poll: { request: { path: "/videos/\${ID}" } }\n${UNTIL}`)).toMatchInlineSnapshot(`
    "
    a.yaml:7:32  workloads[0].job.poll.request.path: \${ID} has no value: setup captures job, id before it; an environment variable is written \${env.ID}, the plain characters $\${ID}
    "
  `);
});
