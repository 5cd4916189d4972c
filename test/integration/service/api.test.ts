import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runProcess } from '../../../src/host/processes.ts';
import { createToolResolver } from '../../../src/host/tools.ts';
import { parseFaults } from '../../../src/service/faults.ts';
import { serviceOptions } from '../../../src/service/options.ts';
import { startService, type RunningService } from '../../../src/service/service.ts';
import type { VideoView } from '../../../src/service/video-view.ts';

const tools = createToolResolver();
const folders = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith(`readybench-service-${process.pid}-`));
const running: RunningService[] = [];
async function start(env: Record<string, string> = {}): Promise<RunningService> {
  const service = await startService(serviceOptions(env), tools);
  running.push(service);
  return service;
}
afterAll(() => Promise.all(running.map((service) => service.stop())));

const submit = (service: RunningService, body: object): Promise<Response> =>
  fetch(`${service.baseUrl}/videos`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
const video = async (service: RunningService, id: string): Promise<VideoView> => (await fetch(`${service.baseUrl}/videos/${id}`)).json() as Promise<VideoView>;
const finished = (service: RunningService, id: string): Promise<VideoView> =>
  vi.waitFor(async () => {
    const found = await video(service, id);
    expect(['done', 'failed']).toContain(found.status);
    return found;
  }, { timeout: 30_000, interval: 20 });
const created = async (service: RunningService, body: object): Promise<VideoView> => (await submit(service, body)).json() as Promise<VideoView>;
/** A metric's value as Prometheus would read it. */
const metric = async (service: RunningService, line: string): Promise<number> =>
  Number((await (await fetch(`${service.baseUrl}/metrics`)).text()).split('\n').find((each) => each.startsWith(`${line} `))?.split(' ')[1]);

describe('video service', () => {
  let service: RunningService;
  beforeAll(async () => {
    service = await start();
  });

  it('makes a real clip, as asked for', async () => {
    const answer = await submit(service, { durationS: 0.5, width: 128, height: 72, title: '-y "quoted" =title' });
    expect(answer.status).toBe(202);
    const queued = (await answer.json()) as VideoView;
    expect(queued).toMatchObject({ status: 'queued', progress: 0, cached: false });
    expect(answer.headers.get('location')).toBe(`/videos/${queued.id}`);
    const done = await finished(service, queued.id);
    expect(done).toMatchObject({ status: 'done', progress: 1, width: 128 });
    expect(Date.parse(done.startedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(done.queuedAt));
    expect(Date.parse(done.finishedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(done.startedAt ?? ''));

    const file = await fetch(`${service.baseUrl}/videos/${queued.id}/file`);
    expect(file.headers.get('content-type')).toBe('video/mp4');
    expect(file.headers.get('content-length')).toBe(String(done.bytes));
    expect((await file.arrayBuffer()).byteLength).toBe(done.bytes);
    const probe = await runProcess((await tools.ffprobe()).path, [
      '-v', 'error', '-show_entries', 'stream=codec_name,width,height,nb_frames:format_tags=title', '-of', 'default=noprint_wrappers=1', `${service.baseUrl}/videos/${queued.id}/file`,
    ]);
    expect(probe.stdout.trim().split('\n').sort()).toEqual(['TAG:title=-y "quoted" =title', 'codec_name=h264', 'height=72', 'nb_frames=15', 'width=128']);
  });

  it('serves identical requests from one encode, at once and later', async () => {
    const before = await metric(service, 'video_jobs_total{status="done"}');
    const videos = await Promise.all(Array.from({ length: 5 }, () => created(service, { seed: 77 })));
    const done = await Promise.all(videos.map(({ id }) => finished(service, id)));
    expect(new Set(done.map(({ id }) => id)).size).toBe(5);
    expect(done.filter(({ cached }) => cached)).toHaveLength(4);
    const later = await created(service, { seed: 77 });
    expect(later).toMatchObject({ status: 'done', cached: true });
    expect(later.finishedAt).toBe(later.queuedAt);
    expect(await metric(service, 'video_jobs_total{status="done"}')).toBe(before + 1);
    const afresh = await created(service, { seed: 77, cache: false });
    expect(afresh).toMatchObject({ status: 'queued', cached: false });
    await finished(service, afresh.id);
    expect(await metric(service, 'video_jobs_total{status="done"}')).toBe(before + 2);
  });

  it('takes a request without a body', async () => {
    const answer = await fetch(`${service.baseUrl}/videos`, { method: 'POST' });
    expect(answer.status).toBe(202);
    expect(await answer.json()).toMatchObject({ durationS: 1, width: 160, height: 90 });
  });

  it.each([{ durationS: 0 }, { durationS: 61 }, { durationS: '1' }, { width: 161 }, { height: 5000 }, { preset: 'placebo' }, { seed: 1.5 }, { title: 'x'.repeat(201) }, { wdith: 160 }, []])(
    'answers 400 to %o',
    async (body) => {
      const answer = await submit(service, body);
      expect(answer.status).toBe(400);
      expect(((await answer.json()) as { message: string }).message).toMatch(/^body/);
    },
  );

  it('answers 413 to a body that is too large, and goes on', async () => {
    expect((await submit(service, { title: 'x'.repeat(70_000) })).status).toBe(413);
    expect((await fetch(`${service.baseUrl}/health`)).status).toBe(200);
  });

  it('knows what is not there, and what is not there yet', async () => {
    for (const path of ['/videos/none', '/videos/none/file', '/nothing']) expect((await fetch(service.baseUrl + path)).status).toBe(404);
    expect((await fetch(`${service.baseUrl}/videos/none`, { method: 'DELETE' })).status).toBe(404);
    const long = await created(service, { durationS: 60, width: 640, height: 360 });
    const file = await fetch(`${service.baseUrl}/videos/${long.id}/file`);
    expect([file.status, ((await file.json()) as { message: string }).message]).toEqual([409, expect.stringMatching(/is (queued|processing)$/)]);
    // Nobody waits for it then, so its encode is stopped.
    const before = await metric(service, 'video_jobs_total{status="cancelled"}');
    await vi.waitFor(async () => expect((await video(service, long.id)).status).toBe('processing'));
    expect((await fetch(`${service.baseUrl}/videos/${long.id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await fetch(`${service.baseUrl}/videos/${long.id}`)).status).toBe(404);
    await vi.waitFor(async () => expect(await metric(service, 'video_jobs_total{status="cancelled"}')).toBe(before + 1));
  });

  it('lists pages, newest first', async () => {
    const newest = await created(service, { seed: 77 });
    const page = async (query: string): Promise<{ total: number; items: VideoView[] }> => (await fetch(`${service.baseUrl}/videos?${query}`)).json() as Promise<{ total: number; items: VideoView[] }>;
    const first = await page('limit=2');
    expect(first).toMatchObject({ limit: 2, offset: 0 });
    expect(first.items.map(({ id }) => id)).toEqual([newest.id, expect.any(String)]);
    expect((await page('limit=2&offset=1')).items[0]?.id).toBe(first.items[1]?.id);
    expect((await page(`offset=${first.total}`)).items).toEqual([]);
    for (const query of ['limit=0', 'limit=101', 'offset=-1', 'limit=x', 'page=1']) expect((await fetch(`${service.baseUrl}/videos?${query}`)).status).toBe(400);
  });

  it('tells how it is', async () => {
    const json = async (path: string): Promise<unknown> => (await fetch(service.baseUrl + path)).json();
    expect(await json('/health')).toEqual({ status: 'ok', version: service.version });
    expect(await json('/health/live')).toEqual({ status: 'alive' });
    expect(await json('/health/ready')).toEqual({ status: 'ready' });
    expect(await json('/health/detailed')).toMatchObject({ status: 'ok', ffmpeg: { version: (await tools.ffmpeg()).version }, queue: { limit: 100 }, jobs: { concurrency: 2 }, checks: { disk: { ok: true } } });
    expect(await metric(service, 'http_requests_total{method="GET",route="/health/live",status="200"}')).toBe(1);
    expect(await metric(service, 'http_request_duration_seconds_count{method="GET",route="/health/live",status="200"}')).toBe(1);
    expect(await metric(service, 'process_resident_memory_bytes')).toBeGreaterThan(1e7);
  });
});

describe('what the service is watched by', () => {
  it('shows connections, lag and cache hits, and what is wrong with them', async () => {
    const service = await start();
    expect(await metric(service, 'video_cache_hit_ratio')).toBeNaN();
    await Promise.all([created(service, { seed: 5 }), created(service, { seed: 5 })]);
    expect(await metric(service, 'video_cache_hit_ratio')).toBe(0.5);
    await vi.waitFor(async () => expect([await metric(service, 'db_pool_connections{state="in_use"}'), await metric(service, 'db_pool_connections{state="idle"}'), await metric(service, 'consumer_lag{topic="videos",group="counter"}')]).toEqual([0, 20, 0]), { timeout: 10_000 });
    expect(await metric(service, 'video_events_consumed_total{type="queued"}')).toBe(1);

    const broken = await start({ READYBENCH_FAULTS: 'pool-leak=100%,off=cache,off=consumer' });
    await Promise.all([created(broken, { seed: 5 }), created(broken, { seed: 5 })]);
    await vi.waitFor(async () => expect(await metric(broken, 'db_pool_connections{state="in_use"}')).toBe(2), { timeout: 10_000 });
    expect(await metric(broken, 'video_cache_hit_ratio')).toBe(0);
    expect(await metric(broken, 'consumer_lag{topic="videos",group="counter"}')).toBeGreaterThanOrEqual(2);
  });

  it('encodes a long clip in parts at once, and puts them together', async () => {
    const service = await start();
    const { id } = await created(service, { durationS: 9, framesPerSecond: 10, split: true, cache: false });
    await vi.waitFor(async () => expect(await metric(service, 'video_jobs_active')).toBe(2), { interval: 2, timeout: 10_000 });
    const done = await finished(service, id);
    expect(done).toMatchObject({ status: 'done', progress: 1 });
    const probe = await runProcess((await tools.ffprobe()).path, ['-v', 'error', '-count_frames', '-show_entries', 'stream=nb_read_frames', '-of', 'default=noprint_wrappers=1', `${service.baseUrl}/videos/${id}/file`]);
    expect(probe.stdout.trim()).toBe('nb_read_frames=90');
    expect(await metric(service, 'video_jobs_total{status="done"}')).toBe(1);
  });
});

describe('jobs that go wrong', () => {
  it.each([['lose', 404], ['stuck', 200]] as const)('%s', async (fault, status) => {
    const service = await start({ READYBENCH_FAULTS: `${fault}=100%` });
    const { id } = await created(service, { durationS: 0.1 });
    await vi.waitFor(async () => expect(await metric(service, 'video_jobs_active')).toBe(0), { timeout: 20_000 });
    const answer = await fetch(`${service.baseUrl}/videos/${id}`);
    expect(answer.status).toBe(status);
    if (status === 200) expect(await answer.json()).toMatchObject({ status: 'processing' });
  });

  it('double', async () => {
    const service = await start({ READYBENCH_FAULTS: 'double=100%' });
    expect((await created(service, { seed: 1 })).id).toBe((await created(service, { seed: 2 })).id);
  });
});

describe('video service with a short queue', () => {
  it('answers 503 with Retry-After when it is full, and is not ready then', async () => {
    const service = await start({ READYBENCH_SERVICE_CONCURRENCY: '1', READYBENCH_SERVICE_QUEUE_LIMIT: '1' });
    const long = { durationS: 60, width: 640, height: 360 };
    const answers = [await submit(service, { ...long, seed: 1 }), await submit(service, { ...long, seed: 2 }), await submit(service, { ...long, seed: 3 })];
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 503]);
    expect(Number(answers[2]?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect((await submit(service, { ...long, seed: 1 })).status).toBe(202);
    const ready = await fetch(`${service.baseUrl}/health/ready`);
    expect([ready.status, await ready.json()]).toEqual([503, { status: 'not ready', reasons: ['queue: 1 of 1 waiting'] }]);
    expect((await fetch(`${service.baseUrl}/health/live`)).status).toBe(200);
    expect(await metric(service, 'video_queue_length')).toBe(1);
    expect(await metric(service, 'video_jobs_active')).toBe(1);
  });
});

describe('faults', () => {
  const elapsed = async (url: string): Promise<number> => {
    const startedAt = performance.now();
    await (await fetch(url)).arrayBuffer();
    return performance.now() - startedAt;
  };

  it('adds latency where it is asked for', async () => {
    const service = await start({ READYBENCH_FAULTS: 'latency=80ms@/videos' });
    expect(await elapsed(`${service.baseUrl}/videos`)).toBeGreaterThanOrEqual(79);
    expect(await metric(service, 'http_request_duration_seconds_bucket{le="0.05",method="GET",route="/videos",status="200"}')).toBe(0);
    // With a latency beyond the test's own limit, an answer shows that the path is spared.
    const spared = await start({ READYBENCH_FAULTS: 'latency=10m@/videos' });
    expect((await fetch(`${spared.baseUrl}/health`)).status).toBe(200);
  });

  it('stalls', async () => {
    const startedAt = performance.now();
    const service = await start({ READYBENCH_FAULTS: 'stall=1s/10m' });
    await fetch(`${service.baseUrl}/health`);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(1_000);
  });

  it('fails, drops and hangs its share of requests', async () => {
    const faults = parseFaults('errors=50%@/health/live,drop=100%@/health/ready,hang=100%@/health/detailed');
    const service = await startService({ ...serviceOptions({}), drainMs: 100, faults }, tools);
    const statuses = await Promise.all(Array.from({ length: 100 }, async () => (await fetch(`${service.baseUrl}/health/live`)).status));
    const failed = statuses.filter((status) => status === 500).length;
    expect(failed).toBeGreaterThan(25);
    expect(failed).toBeLessThan(75);
    await expect(fetch(`${service.baseUrl}/health/ready`)).rejects.toThrow();
    const hung = fetch(`${service.baseUrl}/health/detailed`).then(() => 'answered', () => 'closed');
    expect(await Promise.race([hung, fetch(`${service.baseUrl}/health`).then(() => 'still open')])).toBe('still open');
    await fetch(`${service.baseUrl}/metrics`);
    await service.stop();
    expect(await hung).toBe('closed');
  });

  it('makes encodes dearer, and their result no different', async () => {
    const service = await startService({ ...serviceOptions({}), faults: parseFaults('encode-cost=3') }, tools);
    running.push(service);
    const { id } = await created(service, {});
    const dear = await finished(service, id);
    expect(dear.status).toBe('done');
    const plain = await start();
    const normal = await created(plain, {});
    expect((await finished(plain, normal.id)).bytes).toBe(dear.bytes);
  });
});

describe('stop', () => {
  it('lets requests in flight finish, ends encodes, and leaves nothing behind', async () => {
    const before = folders();
    const service = await startService({ ...serviceOptions({}), faults: parseFaults('latency=300ms@/videos') }, tools);
    const submitted = await created(service, { durationS: 60, width: 640, height: 360 });
    const inFlight = fetch(`${service.baseUrl}/videos/${submitted.id}`);
    await vi.waitFor(async () => expect(await metric(service, 'video_jobs_active')).toBe(1));
    await Promise.all([service.stop(), service.stop()]);
    expect((await inFlight).status).toBe(200);
    await expect(fetch(`${service.baseUrl}/health`)).rejects.toThrow();
    expect(folders().filter((name) => !before.includes(name))).toEqual([]);
  });

  it('says when its port is taken', async () => {
    const service = await start();
    await expect(startService(serviceOptions({ READYBENCH_SERVICE_PORT: new URL(service.baseUrl).port }), tools)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/^the video service cannot listen on 127.0.0.1:\d+ \(EADDRINUSE\)$/) as string,
    });
  });
});
