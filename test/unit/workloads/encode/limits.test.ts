import { expect, test } from 'vitest';
import { judgeSla } from '../../../../src/judge/sla.ts';
import { metric } from '../../../../src/record/metrics.ts';
import { limits } from '../../../../src/workloads/encode/limits.ts';
import { encodeWorkload } from '../../../../src/workloads/encode/schema.ts';

const workload = (encode: object, sla: object) => encodeWorkload.safeParse({ name: 'w', encode: { clip: 'bbb-480p', encoders: ['libx264', 'h264_nvenc'], ...encode }, sla });

test('every limit names its encoder; those of one encoder win over the general ones', () => {
  const parsed = workload({}, { wall: '60s', successRate: '100%', speed: 1, encoders: { h264_nvenc: { wall: '10s', fps: 100 } } });
  expect(limits(parsed.data!).map(({ id, labels, operator, limit }) => `${labels['encoder']}: ${id} ${operator} ${limit}`)).toEqual([
    'libx264: encode.wall <= 60000',
    'libx264: encode.speed >= 1',
    'libx264: success.rate >= 1',
    'h264_nvenc: encode.wall <= 10000',
    'h264_nvenc: encode.fps >= 100',
    'h264_nvenc: encode.speed >= 1',
    'h264_nvenc: success.rate >= 1',
  ]);
});

test('limits are in the unit of their metric', () => {
  const parsed = workload({ jobs: 10, encoders: ['libx264'] }, { videosPerHour: 60, makespan: '12m' });
  expect(limits(parsed.data!).map(({ id, limit }) => [id, limit])).toEqual([['batch.makespan', 720_000], ['batch.videosPerHour', 60]]);
});

test('what is wrong together is named with its field', () => {
  const problems = (encode: object, sla: object) => workload(encode, sla).error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
  expect(problems({}, { makespan: '10s', encoders: { h264_nvenc: { videosPerHour: 5 } } })).toEqual([
    'sla.makespan is measured for batches: set encode.jobs above 1, or limit wall instead',
    'sla.encoders.h264_nvenc.videosPerHour is measured for batches: set encode.jobs above 1, or limit wall instead',
  ]);
  expect(problems({ jobs: 2 }, { cpu: '10s' })).toEqual(['sla.cpu is measured for single encodes: set encode.jobs to 1, or limit wall or makespan instead']);
  expect(problems({ encoders: ['libx264', 'libx264'], require: ['h264_nvenc'] }, { encoders: { h264_nvenc: {} } })).toEqual([
    'encode.encoders.1 libx264 is named twice',
    'encode.require.0 must be one of the encoders of this workload (libx264, libx264): got h264_nvenc',
    'sla.encoders.h264_nvenc must be one of the encoders of this workload (libx264, libx264): got h264_nvenc',
  ]);
  expect(problems({ jobs: 2, require: ['libx264'] }, { makespan: '10s' })).toBeUndefined();
});

test.each([
  [{ wall: '7m' }, 1, 'encode.wall', 400_000, 440_000],
  [{ cpu: '10s' }, 1, 'encode.cpu', 9_000, 11_000],
  [{ fps: 100 }, 1, 'encode.fps', 120, 80],
  [{ speed: 2 }, 1, 'encode.speed', 2.5, 1.5],
  [{ makespan: '70m' }, 10, 'batch.makespan', 4_000_000, 4_300_000],
  [{ videosPerHour: 60 }, 10, 'batch.videosPerHour', 70, 50],
  [{ successRate: '100%' }, 10, 'success.rate', 1, 0.9],
])('%o is kept and broken', (sla, jobs, id, kept, broken) => {
  const parsed = workload({ jobs, encoders: ['libx264'] }, sla);
  const verdict = (value: number): unknown[] => judgeSla(limits(parsed.data!), { metrics: [metric(id, { encoder: 'libx264' }, value, [value, value], 2 * jobs)], histograms: [], notMeasured: [] }).map((each) => each.verdict);
  expect([verdict(kept), verdict(broken)]).toEqual([['pass'], ['breach']]);
});
