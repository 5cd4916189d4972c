import { describe, expect, it } from 'vitest';
import { project } from '../../support/bench.ts';
import { serve } from '../../support/http-server.ts';

const scenario = (url: string, p95: string): string => `name: api
tags: [default]
rounds: 1
target: { baseUrl: "${url}" }
workloads:
  - name: health
    http:
      request: { path: /health }
      load: { model: open, rate: 100, arrivals: poisson, duration: 500ms, warmup: 0ms }
    sla: { latency: { p95: ${p95} } }
`;
const ok = (): Promise<{ url: string }> => serve((_request, response) => response.end('ok'));

describe('decisions on the command line', () => {
  it('a breach that is waived fails nothing, and every reporter says so', async () => {
    const { bench, validRun, read, files } = await project({ 'scenarios/api.yaml': scenario((await ok()).url, '10us') });
    expect((await validRun(['--no-control'])).code).toBe(1);
    const refused = await bench(['baseline', 'approve', '--until', '2099-12-31', '--reason', 'known']);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('which one?') as string });
    const waived = await bench(['baseline', 'approve', '--metric', 'latency.p95', '--until', '2099-12-31', '--reason', 'known, ticket 812']);
    expect(waived, waived.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining('health/latency.p95 waived until 2099-12-31') as string });
    const passed = await validRun(['--out', 'mine', '--no-control', '--reporter', 'terminal,markdown,html,junit,openmetrics,github'], { GITHUB_STEP_SUMMARY: undefined });
    expect(passed.code, passed.stdout + passed.stderr).toBe(0);
    expect(passed.stdout).toContain('breach (waived)');
    expect(passed.stdout).toMatch(/^::warning title=readybench%3A SLA breach,file=scenarios\/api\.yaml::.*waived until 2099-12-31%?: known, ticket 812/m);
    expect(await files()).toEqual(expect.arrayContaining(['report.md', 'report.html', 'junit.xml', 'openmetrics.txt', 'summary.md'].map((name) => `mine/${name}`)));
    expect(await validRun(['--no-compare', '--no-control'])).toMatchObject({ code: 0, stdout: expect.stringContaining('breach (waived)') as string });
    expect(await read('mine/junit.xml')).toMatch(/<testsuites name="readybench" tests="\d+" failures="0" errors="0"/);
    expect(await read('mine/report.md')).toContain('breach (waived)');
  });

  it('approve, anchor, history, remove: what was decided stays readable', async () => {
    const { bench, validRun, read, files, write } = await project({ 'scenarios/api.yaml': scenario((await ok()).url, '5s'), 'summary.md': 'another step\n' });
    const none = await bench(['history']);
    expect(none).toMatchObject({ code: 0, stdout: expect.stringContaining('no run of this machine is stored') as string });
    for (let night = 1; night <= 2; night += 1) expect((await validRun(['--no-control'])).code).toBe(0);
    expect((await bench(['baseline', 'approve', '--anchor', '--reason', 'v2.0'])).code).toBe(0);
    expect((await bench(['baseline', 'approve', '--anchor', '--metric', 'latency.p95', '--reason', 'v2.0'])).code).toBe(2);
    expect((await bench(['baseline', 'list'])).stdout).toMatch(/release anchor: run .*: v2\.0/);
    const trend = await bench(['history', 'latency.p95', '--html', 'pages/history.html']);
    expect(trend, trend.stderr).toMatchObject({ code: 0, stdout: expect.stringMatching(/p95 latency +[▁█▄]{2} +2 runs/) as string });
    expect(await read('pages/history.html')).toContain('<svg class="trend"');
    expect(await bench(['history', 'no.such'])).toMatchObject({ code: 2, stderr: expect.stringContaining('health/latency.p95') as string });
    expect((await bench(['report', 'latest', '--reporter', 'junit,github'], { GITHUB_STEP_SUMMARY: 'summary.md' })).code).toBe(0);
    expect(await read('summary.md')).toMatch(/^another step\n<!-- readybench-report -->\n## PASS/);
    expect((await bench(['baseline', 'remove', 'api'])).code).toBe(2);
    expect((await bench(['baseline', 'remove', 'api', '--reason', 'a backup ran meanwhile'])).code).toBe(0);
    expect((await bench(['baseline', 'show', 'api'])).stderr).toMatch(/removed on .*: a backup ran meanwhile/);
    expect((await files()).filter((file) => file.includes('/sessions/'))).toEqual([]);
    await write('baselines/api/broken/decisions/x.json', '{');
    expect(await bench(['baseline', 'list'])).toMatchObject({ code: 2, stderr: expect.stringContaining('x.json is not JSON') as string });
  });

  it.each([
    ['--baselines', 'api.yaml', 'is not a folder: baselines are kept in one'],
    ['--baselines', 'api.yaml/below', 'is not a folder: baselines are kept in one'],
    ['--out', 'api.yaml', 'cannot be made'],
    ['--out', 'api.yaml/below', 'cannot be made'],
    ['--out', '/proc/readybench', 'cannot be made'],
  ])('%s %s is refused before anything is sent, in a dry run too', async (option, value, message) => {
    let requests = 0;
    const server = await serve((_request, response) => { requests += 1; response.end('ok'); });
    const { bench } = await project({ 'api.yaml': scenario(server.url, '5s') });
    for (const more of [[], ['--dry-run']]) expect(await bench(['run', 'api.yaml', option, value, ...more])).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(message) as string });
    expect(requests).toBe(0);
  });
});
