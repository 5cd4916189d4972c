import { describe, expect, it, vi } from 'vitest';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { project } from '../../support/bench.ts';
import { serve } from '../../support/http-server.ts';
import { nothingLeft } from '../../support/processes.ts';
import { ok, scenario } from './api-scenario.ts';

describe('bench run against a service of its own', () => {
  it('ends with 5 and one clear sentence when the target is down', async () => {
    const server = await ok();
    await server.close();
    const { bench, record } = await project({ 'api.yaml': scenario(server.url) });
    const { code, stderr } = await bench(['run', 'api.yaml']);
    expect(code).toBe(5);
    expect(stderr).toMatch(/refused/);
    await expect(record()).rejects.toThrow();
  });

  it('prints the record and nothing else with --json', async () => {
    const server = await ok();
    const { bench, record } = await project({ 'api.yaml': scenario(server.url) });
    const { stdout } = await bench(['run', 'api.yaml', '--json', '--no-control']);
    expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(await record())));
  });

  it('keeps an interrupted run as a partial record that is never a baseline', async () => {
    const server = await ok();
    const { start, bench, record, dir } = await project({ 'api.yaml': scenario(server.url, { rounds: 20, duration: '400ms' }) });
    const running = start(['run', 'api.yaml', '--out', 'mine', '--no-control'], { READYBENCH_TEST_MARK: dir });
    await running.shows('round 2');
    running.kill('SIGINT');
    const { code } = await running.ended;
    expect(code).toBe(130);
    const run = await record('mine');
    expect(run.run.status).toBe('interrupted');
    expect(run.verdict.status).toBe('interrupted');
    expect(run.scenarios[0]?.workloads[0]?.metrics.length).toBeGreaterThan(0);
    const approve = await bench(['baseline', 'approve', '--run', 'mine', '--reason', 'no']);
    expect(approve.code).toBe(2);
    await nothingLeft(dir);
  });

  it('leaves a readable record that is no pass when it is killed', async () => {
    const server = await ok();
    const { start, record, dir } = await project({ 'api.yaml': scenario(server.url, { rounds: 20, duration: '400ms' }) });
    const running = start(['run', 'api.yaml', '--out', 'mine', '--no-control'], { READYBENCH_TEST_MARK: dir });
    await running.shows('round 2');
    running.kill('SIGKILL');
    await running.ended;
    expect((await record('mine')).run.status).toBe('running');
    await nothingLeft(dir);
  });

  it('never lets a secret into an artefact', async () => {
    const server = await serve((request, response) => response.end(`you sent ${String(request.headers.authorization)}`));
    const { bench, files, read } = await project({
      'api.yaml': scenario(server.url, { headers: '{ authorization: "Bearer ${secret.API_TOKEN}" }' }),
    });
    const secret = 'canary-5f3a9c';
    const { code, stdout, stderr } = await bench(['run', 'api.yaml', '--no-control'], { API_TOKEN: secret });
    // Valid or not on a busy machine: the reports are all written.
    expect([0, 4], stderr).toContain(code);
    expect(stdout + stderr).not.toContain(secret);
    for (const file of await files()) expect(await read(file), file).not.toContain(secret);
  });

  it('nor a token that the set-up fetched, though the service says it back', async () => {
    const token = 'canary-77b1e0';
    const server = await serve((request, response) => (request.url === '/login' ? response.end(`{"token":"${token}"}`) : response.writeHead(403).end(`no rights for ${String(request.headers.authorization)}`)));
    const { bench, files, read, record } = await project({
      'api.yaml': scenario(server.url).replace('request: { path: /health }', `setup: [{ name: login, request: { method: POST, path: /login }, capture: { token: { json: /token } } }]
      request: { path: /health, headers: { authorization: "Bearer \${token}" } }`),
    });
    const { stdout, stderr } = await bench(['run', 'api.yaml', '--no-control', '--reporter', 'terminal,json,markdown,html,junit']);
    const detail = (await record()).scenarios[0]?.workloads[0]?.detail;
    expect(JSON.stringify(detail)).toContain('no rights for');
    expect(stdout + stderr).not.toContain(token);
    for (const file of await files()) expect(await read(file), file).not.toContain(token);
  });

  it('shows what would run with --dry-run, and runs nothing', async () => {
    const { bench, files } = await project({ 'api.yaml': scenario('http://127.0.0.1:1') });
    const { code, stdout } = await bench(['run', 'api.yaml', '--dry-run']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/health/);
    expect(await files()).toEqual(['api.yaml']);
  });

  it('sends no load to a host that was not confirmed', async () => {
    const { bench } = await project({ 'api.yaml': scenario('http://192.0.2.1:8080') });
    const { code, stderr } = await bench(['run', 'api.yaml']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/allowTargets[\s\S]*--confirm-target/);
  });
});

describe('bench run on wrong input', () => {
  it('reports every mistake at its place', async () => {
    const { bench } = await project({
      'api.yaml': 'name: api\ntarget: { baseUrl: embedded }\nworkloads:\n  - name: health\n    http:\n      request: { pth: /health }\n      load: { model: open, rate: 10, duration: 15 }\n',
    });
    const { code, stderr } = await bench(['run', 'api.yaml']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/api\.yaml:6:18/);
    expect(stderr).toMatch(/api\.yaml:7:\d+.*duration/);
  });

  it('names file and field of a baseline that was edited into nonsense, before anything is measured', async () => {
    const server = await ok();
    const { bench, write, files } = await project({ 'api.yaml': scenario(server.url, { duration: '1s' }) });
    await bench(['run', 'api.yaml', '--fail-on', 'sla', '--reporter', 'markdown', '--no-control']);
    await bench(['baseline', 'approve', '--reason', 'first']);
    const approved = (await files()).find((file) => /\/decisions\/.+\.json$/.test(file)) ?? 'none';
    await write(approved, '{ "version": 1, "kind": "approve", "date": "yesterday", "reason": "first" }');
    const reports = (await files()).filter((file) => file.endsWith('result.json')).length;
    const { code, stderr } = await bench(['run', 'api.yaml']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/decisions[\s\S]*date/);
    expect((await files()).filter((file) => file.endsWith('result.json'))).toHaveLength(reports);
  });

  it('says where it looked for a scenario that is not there', async () => {
    const { bench } = await project();
    const { code, stderr } = await bench(['run', 'nosuch']);
    expect(code).toBe(2);
    expect(stderr).toContain('nosuch');
  });

  it('ends with 6 and how to get it when there is no ffmpeg', async () => {
    const { bench } = await project({
      'encode.yaml': 'name: encode\nworkloads:\n  - name: clip\n    encode: { clip: bbb-480p, encoders: [libx264] }\n',
    });
    const { code, stderr } = await bench(['run', 'encode.yaml'], { FFMPEG_PATH: '/nonexistent/ffmpeg' });
    expect(code).toBe(6);
    expect(stderr).toMatch(/FFMPEG_PATH/);
  });
});

describe('bench run with the embedded service', () => {
  it('boots, measures and ends it', async () => {
    const { bench, dir, record } = await project({ 'api.yaml': scenario('embedded') });
    const { code, stderr } = await bench(['run', 'api.yaml'], { READYBENCH_TEST_MARK: dir });
    expect([0, 4], stderr).toContain(code);
    expect((await record()).scenarios[0]?.target).toBe('embedded');
    await nothingLeft(dir);
  });

  it('leaves nothing behind when it is killed', async () => {
    const { start, dir } = await project({ 'api.yaml': scenario('embedded', { rounds: 20, duration: '400ms' }) });
    const temporary = join(dir, 'tmp');
    await mkdir(temporary);
    const running = start(['run', 'api.yaml', '--no-control'], { READYBENCH_TEST_MARK: dir, TMPDIR: temporary });
    await running.shows('round 1');
    expect((await readdir(temporary)).filter((name) => /^readybench-\w{6}$/.test(name))).not.toEqual([]);
    running.kill('SIGKILL');
    await running.ended;
    await nothingLeft(dir);
    // The service removes its own folder before it ends, the guardian that of the run.
    await vi.waitFor(async () => expect((await readdir(temporary)).filter((name) => /^readybench-\w{6}$/.test(name))).toEqual([]), { timeout: 10_000, interval: 50 });
  });
});

describe('bench --version and --help', () => {
  it('answers with the version of the package', async () => {
    const { bench } = await project();
    const manifest = JSON.parse(await readFile(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string };
    expect(await bench(['--version'])).toMatchObject({ code: 0, stdout: `${manifest.version}\n` });
  });

  it('teaches: commands, examples and exit codes', async () => {
    const { bench } = await project();
    const { code, stdout } = await bench(['--help']);
    expect(code).toBe(0);
    for (const text of ['run', 'baseline', 'doctor', 'Examples:', 'Exit codes:']) expect(stdout).toContain(text);
  });

  it('answers a wrong command or option with 2 and the nearest right one', async () => {
    const { bench } = await project();
    expect(await bench(['rum'])).toMatchObject({ code: 2, stderr: expect.stringContaining('run') as string });
    expect((await bench(['run', '--prfile', 'quick'])).code).toBe(2);
  });
});
