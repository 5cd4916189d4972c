import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { project } from '../../support/bench.ts';
import { ANY, tinyClip } from '../../support/encode/media.ts';
import { nothingLeft } from '../../support/processes.ts';

const COSTLY = fileURLToPath(new URL('../../support/fixtures/costly-ffmpeg.js', import.meta.url));
const tools = { FFMPEG_PATH: ANY.ffmpeg, FFPROBE_PATH: ANY.ffprobe };

const scenario = (encoders: string, more = ''): string => `name: encodes
rounds: 3
workloads:
  - name: clip
    encode: { clip: { file: clip.mp4 }, encoders: [${encoders}], output: { preset: fast, bitrate: 1Mbit/s }${more} }
`;

describe('bench run with encodes', { retry: 2 }, () => {
  it('fails with 3 and names the metric when an encode costs half as much again as the approved one', async () => {
    const { bench, dir, record } = await project({ 'encodes.yaml': scenario('libx264') });
    // Half of its CPU time is far above the floor of 0.1 s on a fast machine too.
    await tinyClip(join(dir, 'clip.mp4'), { seconds: 8, size: '640x360' });
    const first = await bench(['run', 'encodes.yaml', '--no-control'], tools);
    expect(first.code, first.stderr).toBe(0);
    expect((await bench(['baseline', 'approve', '--reason', 'as released'])).code).toBe(0);
    const { code, stdout } = await bench(['run', 'encodes.yaml', '--no-control'], { ...tools, FFMPEG_PATH: COSTLY, REAL_FFMPEG: ANY.ffmpeg, EXTRA_SECONDS: '4' });
    expect(code, stdout).toBe(3);
    const { verdict, scenarios } = await record();
    expect(verdict.reasons.map(({ metric }) => metric)).toContain('encode.cpu{encoder=libx264}');
    expect(scenarios[0]?.workloads[0]?.confirmation).toMatchObject({ from: 3, metrics: expect.arrayContaining(['encode.cpu{encoder=libx264}']) as string[] });
    const cpu = scenarios[0]?.workloads[0]?.comparison.find(({ metric }) => metric === 'encode.cpu{encoder=libx264}');
    expect(cpu?.change).toBeGreaterThan(0.3);
    expect(cpu?.change).toBeLessThan(0.8);
    expect(cpu?.sentence).toContain('confirmed by 5 fresh rounds; 1 session');
    expect(stdout).toContain('CPU');
  });

  it('never passes where nothing could be measured', async () => {
    const { bench, dir, record } = await project({ 'encodes.yaml': scenario('h264_nvenc') });
    await tinyClip(join(dir, 'clip.mp4'));
    const { code, stdout } = await bench(['run', 'encodes.yaml', '--no-control'], tools);
    const [workload] = (await record()).scenarios[0]?.workloads ?? [];
    // On a machine with NVENC the same scenario is measured.
    if (workload?.status === 'not-measured') {
      expect(code).toBe(4);
      expect(workload.notMeasured[0]).toMatchObject({ what: 'h264_nvenc' });
      expect(stdout).toContain('Not measured');
    } else {
      expect(code).toBe(0);
    }
  });

  it('ends with 6 where a required encoder cannot run', async () => {
    const { bench, dir } = await project({ 'encodes.yaml': scenario('libx264, h264_nvenc', ', require: [h264_nvenc]') });
    await tinyClip(join(dir, 'clip.mp4'));
    const { code, stderr } = await bench(['run', 'encodes.yaml', '--no-control'], tools);
    expect(code === 0 || code === 6).toBe(true);
    if (code === 6) expect(stderr).toContain('h264_nvenc');
  });

  it('leaves no ffmpeg behind when it is interrupted or killed in the middle of an encode', async () => {
    const { start, dir, record } = await project({ 'encodes.yaml': scenario('libx264').replace('preset: fast', 'preset: slow') });
    await tinyClip(join(dir, 'clip.mp4'), { seconds: 15, size: '640x360' });
    for (const [signal, exit] of [['SIGINT', 130], ['SIGKILL', null]] as const) {
      const running = start(['run', 'encodes.yaml', '--out', signal, '--no-control'], { ...tools, READYBENCH_TEST_MARK: dir });
      await running.shows('checking what clip needs');
      await encoding(dir);
      running.kill(signal);
      expect((await running.ended).code).toBe(exit);
      await nothingLeft(dir);
      expect((await record(signal)).run.status).toBe(signal === 'SIGINT' ? 'interrupted' : 'running');
    }
  });
});

/** Resolves when an ffmpeg of this run is at work. */
async function encoding(mark: string): Promise<void> {
  const { processesWith } = await import('../../support/processes.ts');
  for (const until = Date.now() + 30_000; Date.now() < until; ) {
    if (processesWith(mark).some(({ command }) => command.includes('-progress'))) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('no encode started');
}
