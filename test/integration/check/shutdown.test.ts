import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createToolResolver } from '../../../src/host/tools.ts';
import { launchProxied, launchService } from '../../../src/service/launch.ts';
import { checkWorkload } from '../../../src/workloads/check/schema.ts';
import { checked } from '../../support/check.ts';
import { contextFor } from '../../support/context.ts';

const tools = createToolResolver();
const SLOW = { path: '/slow?ms=400' };
const FIXTURE = fileURLToPath(new URL('../../support/fixtures/fake-docker.js', import.meta.url));

afterEach(() => vi.unstubAllEnvs());

const launched = async (faults = ''): ReturnType<typeof launchService> => {
  const service = await launchService({ tools, env: { READYBENCH_FAULTS: faults } });
  onTestFinished(() => service.stop());
  return service;
};

describe('shutdown', () => {
  it.each([['', 'pass', /^5 requests under way answered, gone after .*, new ones refused$/], ['off=drain', 'fail', /^5 of 5 requests under way were not answered: no answer \(reset\)$/]] as const)('by process id, with %j: %s', async (faults, verdict, says) => {
    const service = await launched(faults);
    const { checks } = await checked({ allow: ['shutdown'], shutdown: { pid: String(service.pid), request: SLOW, within: '10s' } }, service.baseUrl);
    expect(checks).toMatchObject([{ name: 'shutdown', verdict }]);
    expect(checks[0]?.sentences[0]).toMatch(says);
  });

  it('of an instance of its own, started by a command; the target goes on', async () => {
    const target = await launched();
    const spec = (change: object = {}) => ({ allow: ['shutdown'], shutdown: { command: 'embedded', request: SLOW, within: '10s', ...change } });
    expect((await checked(spec(), target.baseUrl)).checks).toMatchObject([{ verdict: 'pass' }]);
    vi.stubEnv('READYBENCH_FAULTS', 'off=sigterm');
    const { checks } = await checked(spec({ within: '1s' }), target.baseUrl);
    expect(checks[0]?.sentences).toEqual(['1 s after SIGTERM it is still there', 'more than 500 ms after SIGTERM new requests are still answered 200']);
    expect((await fetch(`${target.baseUrl}/health`)).status).toBe(200);
    const none = await checked(spec({ command: 'node --eval 0' }), target.baseUrl);
    expect(none.measurement.notMeasured).toMatchObject([{ what: 'shutdown', cause: 'no-instance', reason: 'no instance could be started: "node --eval 0" ended at its start (exit 0)' }]);
  });

  it('of a container, by docker or podman; not measured where there is none', async () => {
    const service = await launched();
    const spec = { allow: ['shutdown'], shutdown: { container: 'web', request: SLOW, within: '10s' } };
    const folder = await mkdtemp(join(tmpdir(), 'readybench-test-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    vi.stubEnv('PATH', folder);
    const none = await checked(spec, service.baseUrl);
    expect(none.checks).toEqual([]);
    expect(none.measurement.notMeasured).toMatchObject([{ what: 'shutdown', cause: 'no-container-tool', reason: 'neither docker nor podman is on PATH' }]);

    await writeFile(join(folder, 'docker'), `#!/bin/sh\nexec ${process.execPath} ${FIXTURE} web ${service.pid} "$@"\n`);
    await chmod(join(folder, 'docker'), 0o755);
    vi.stubEnv('PATH', `${folder}${delimiter}/bin${delimiter}/usr/bin`);
    const unknown = await checked({ ...spec, shutdown: { ...spec.shutdown, container: 'other' } }, service.baseUrl);
    expect(unknown.measurement.notMeasured).toMatchObject([{ cause: 'container-unknown', reason: 'docker does not tell about container other: Error: No such object: other' }]);
    expect((await checked(spec, service.baseUrl)).checks).toMatchObject([{ verdict: 'pass' }]);
    expect((await checked(spec, service.baseUrl).catch((error: unknown) => error))).toMatchObject({ exitCode: 5 });
  });
});

describe('proxy', () => {
  it('what the front adds to the latency, within its limit and beyond', async () => {
    for (const [faults, verdict] of [['', 'pass'], ['front-latency=60ms', 'fail']] as const) {
      const service = await launchProxied({ tools, env: { READYBENCH_FAULTS: faults } });
      onTestFinished(() => service.stop());
      const context = await contextFor(service.baseUrl);
      const target = { ...context.target, baseUrl: service.baseUrl, label: 'embedded-proxied', headers: {}, addresses: [{ address: '127.0.0.1', family: 4 as const }], backendUrl: service.backendUrl };
      const spec = { proxy: { path: '/health', limit: '40ms', requests: 15 } };
      const { checks } = await checked(spec, service.baseUrl, { target });
      expect(checks).toMatchObject([{ name: 'proxy', verdict, sentences: [expect.stringMatching(/^the front adds .* ms.*through the front, .* straight \(medians of 15\)$/)] as string[] }]);
    }
  });

  it('asks no host that the guard has not seen', async () => {
    const context = await contextFor('http://127.0.0.1:1');
    const refusal = (backend: string): Promise<unknown> => checked({ proxy: { path: '/', backend } }, 'http://127.0.0.1:1', { target: context.target }).catch((error: unknown) => error);
    expect(await refusal('http://192.0.2.1')).toMatchObject({ exitCode: 2, message: 'proxy.backend is on 192.0.2.1: neither this machine nor the host of the target' });
    expect(await refusal('embedded')).toMatchObject({ exitCode: 2 });
  });
});

describe('what does harm must be allowed', () => {
  it.each([
    [{ ready: { path: '/ready' } }, ['check', 'ready'], 'fills the queue of the service, which then refuses work: write allow: [ready] beside it where that is meant'],
    [{ queueLimit: { limit: 2 } }, ['check', 'job'], 'is missing: queueLimit needs to know what a job is'],
    [{ allow: ['shutdown'], shutdown: { request: SLOW } }, ['check', 'shutdown'], 'needs one of pid, container and command'],
    [{ allow: ['shutdown'], shutdown: { request: SLOW, pid: '1', container: 'web' } }, ['check', 'shutdown'], 'needs one of pid, container and command: got pid and container'],
  ])('%o', (spec, path, message) => {
    expect(checkWorkload.safeParse({ name: 'ready', check: spec }).error?.issues[0]).toMatchObject({ path, message });
  });
});
