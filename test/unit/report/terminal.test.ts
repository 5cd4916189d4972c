import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../../src/record/schema.ts';
import { renderHtml } from '../../../src/report/html/page.ts';
import { renderTerminal } from '../../../src/report/terminal/summary.ts';
import { displayWidth } from '../../../src/report/text.ts';
import * as records from '../../support/records.ts';
import { ANY_CODE_POINT } from '../../support/any-text.ts';

const files = ['reports/20260203-140509-k3f9/report.html', 'reports/20260203-140509-k3f9/report.md'];
const show = (record: RunRecord, width = 80): string => renderTerminal(record, { color: false, width, files });

const EVERY: Record<string, () => RunRecord> = {
  pass: records.passRecord,
  'ten rounds': () => records.passRecord({ rounds: 10 }),
  baselined: records.baselinedRecord,
  breach: records.breachRecord,
  regression: records.regressionRecord,
  invalid: records.invalidRecord,
  'nothing measured': records.nothingMeasuredRecord,
  interrupted: records.interruptedRecord,
  short: records.shortRecord,
  hostile: records.hostileRecord,
};

describe('terminal summary', () => {
  it('first run on a machine: everything at a glance, approving a baseline is the next step', () => {
    expect(show(records.passRecord())).toMatchInlineSnapshot(`
      "PASS  All 10 limits are kept; there is no baseline on this machine yet.
      20260203-140509-k3f9 · profile quick · 3 rounds · 1 min 52 s · seed 42

      SLA
        metric          limit   actual   margin      n  verdict
      health
        p50 latency   ≤ 20 ms  1.20 ms  +94.0 %  2,234  pass
        p95 latency  ≤ 100 ms  2.88 ms  +97.1 %  2,234  pass
        p99 latency  ≤ 200 ms  6.12 ms  +96.9 %  2,234  pass
        error rate      ≤ 1 %      0 %    +1 pp  2,234  pass
      submit
        p50 latency   ≤ 20 ms  8.40 ms  +58.0 %    225  pass
        p95 latency  ≤ 100 ms  20.2 ms  +79.8 %    225  pass
        p99 latency  ≤ 200 ms  42.8 ms  +78.6 %    225  pass
        error rate      ≤ 1 %      0 %    +1 pp    225  pass
      encode-30s
       libx264
        encode time   ≤ 7 min   2.78 s  +99.3 %      3  pass
      encode-batch-10
       libx264, 1 at once
        encode time   ≤ 7 min   2.78 s  +99.3 %      3  pass

      Against the baseline
        33 metrics without a baseline on this machine

      Encodes
      encode-30s  bbb-480p, 30 s, 480 lines
        encoder  at once    wall     CPU  fps  speed     size
        libx264        1  2.78 s  4.86 s  259  10.8x  7.40 MB
      encode-batch-10  bbb-480p, 30 s, 480 lines
        encoder  at once    wall  fps  speed   batch  batch CPU  videos/h     size
        libx264        1  2.78 s  259  10.8x  27.6 s     48.6 s     1,306  7.40 MB
        libx264        2  4.85 s  149  6.19x  24.5 s     48.6 s     1,467  7.40 MB

      Not measured
        h264_nvenc (encode-30s, encode-batch-10): ffmpeg has the encoder, but the
          NVIDIA driver is not there (Cannot load libcuda.so.1)
          Remedy: Install the NVIDIA driver, or pass the GPU into the container
          (docker run --gpus all).

      reports    reports/20260203-140509-k3f9/report.html
                 reports/20260203-140509-k3f9/report.md
      reproduce  npx bench run scenarios/video-generation/api.yaml --profile quick --seed 42
      next       bench baseline approve --reason "first run on this machine"
      "
    `);
  });

  it('a breach is named in the first line', () => {
    expect(show(records.breachRecord())).toMatchInlineSnapshot(`
      "FAIL  submit: p95 latency is 432 ms, the limit is 400 ms.
        - submit: error rate is 2.9 %, the limit is 1 %.
      20260203-140509-k3f9 · profile quick · 3 rounds · 1 min 52 s · seed 42

      SLA
        metric          limit   actual    margin      n  verdict
      submit
        p50 latency  ≤ 200 ms   180 ms   +10.0 %  2,259  pass
        p95 latency  ≤ 400 ms   432 ms    −8.0 %  2,259  breach
        p99 latency  ≤ 500 ms   918 ms   −83.6 %  2,259  undecided
        error rate      ≤ 1 %   3.59 %  −2.59 pp  2,259  breach
      health
        p50 latency   ≤ 20 ms  1.20 ms   +94.0 %  2,234  pass
        p95 latency  ≤ 100 ms  2.88 ms   +97.1 %  2,234  pass
        p99 latency  ≤ 200 ms  6.12 ms   +96.9 %  2,234  pass
        error rate      ≤ 1 %      0 %     +1 pp  2,234  pass

      Against the baseline
        7 metrics without a baseline on this machine

      reports    reports/20260203-140509-k3f9/report.html
                 reports/20260203-140509-k3f9/report.md
      reproduce  npx bench run scenarios/video-generation/api.yaml --profile quick --seed 42
      "
    `);
  });

  it('approving is suggested where baselines are kept, and never for a run that failed otherwise', () => {
    const nextOf = (record: RunRecord, command = record.run.command): string | undefined => /^next +(.*)$/m.exec(show({ ...record, run: { ...record.run, command } }, 120))?.[1];
    const approve = 'bench baseline approve';
    expect(nextOf(records.passRecord(), 'bench run api.yaml --baselines /tmp/b --seed 1')).toBe(`${approve} --baselines /tmp/b --reason "first run on this machine"`);
    expect(nextOf(records.passRecord(), "bench run '--baselines=my own' api.yaml '--baselines=my other' x")).toBe(`${approve} --baselines 'my other' --reason "first run on this machine"`);
    expect(nextOf(records.regressionRecord(), "bench run --baselines 'a b'")).toBe(`see report.html; where the change is wanted: ${approve} --baselines 'a b' --reason …`);
    const wanting = records.passRecord();
    const because = (kind: 'no-baseline' | 'sla', record: RunRecord): RunRecord => ({ ...record, verdict: { ...record.verdict, status: 'fail', reasons: [...record.verdict.reasons, { kind, scenario: null, workload: null, metric: null, sentence: 'x' }] } });
    expect(nextOf(because('no-baseline', wanting))).toContain(approve);
    expect(nextOf(because('sla', wanting))).toBeUndefined();
    expect(nextOf(because('sla', records.regressionRecord()))).toBe('see report.html');
    expect(renderHtml(because('sla', wanting))).not.toContain('No baseline on this machine yet');
    expect(renderHtml({ ...wanting, run: { ...wanting.run, command: 'bench run --baselines /tmp/b' } }).match(/approve --baselines \/tmp\/b --reason/g)).toHaveLength(2);
  });

  it('a regression: what changed, and the rest as a count', () => {
    expect(show(records.regressionRecord(), 100)).toMatchInlineSnapshot(`
      "FAIL  health: p95 latency rose by 58 % against the baseline (14.9 ms to 23.5 ms).
      20260203-140509-k3f9 · profile quick · 3 rounds · 1 min 52 s · seed 42

      SLA
        metric          limit   actual   margin      n  verdict
      health
        p50 latency   ≤ 20 ms  9.80 ms  +51.0 %  2,234  pass
        p95 latency  ≤ 100 ms  23.5 ms  +76.5 %  2,234  pass
        p99 latency  ≤ 200 ms  50.0 ms  +75.0 %  2,234  pass
        error rate      ≤ 1 %      0 %    +1 pp  2,234  pass
      encode-30s
       libx264
        encode time   ≤ 7 min   2.78 s  +99.3 %      3  pass

      Against the baseline
        metric                            baseline      now   change           interval  verdict
        health: p95 latency                14.9 ms  23.5 ms  +58.0 %  +49.0 % … +67.0 %  regression
        health: p50 latency                9.16 ms  9.80 ms   +7.0 %   +4.0 % … +10.0 %  inconclusive
        encode-30s: encode time, libx264    3.12 s   2.78 s  −11.0 %   −14.0 % … −8.0 %  improved
        4 metrics within noise

      Encodes
      encode-30s  bbb-480p, 30 s, 480 lines
        encoder  at once    wall     CPU  fps  speed     size
        libx264        1  2.78 s  4.86 s  259  10.8x  7.40 MB

      reports    reports/20260203-140509-k3f9/report.html
                 reports/20260203-140509-k3f9/report.md
      reproduce  npx bench run scenarios/video-generation/api.yaml --profile quick --seed 42
      next       see report.html; where the change is wanted: bench baseline approve --reason …
      "
    `);
  });

  it('an invalid run: the finding once for all its rounds, with what to do', () => {
    expect(show(records.invalidRecord())).toMatchInlineSnapshot(`
      "INVALID  health: the load generator was the bottleneck; its latencies say
               nothing about the service.
      20260203-140509-k3f9 · profile quick · 3 rounds · 1 min 52 s · seed 42

      SLA
        metric          limit  actual   margin          n  verdict
      health
        p50 latency   ≤ 20 ms   60 ms   −200 %  1,340,868  breach
        p95 latency  ≤ 100 ms  144 ms  −44.0 %  1,340,868  breach
        p99 latency  ≤ 200 ms  306 ms  −53.0 %  1,340,868  breach
        error rate      ≤ 1 %     0 %    +1 pp  1,340,868  pass

      Against the baseline
        health: not compared: the measurement is invalid (7 metrics)

      Warnings
        health: The load generator was the bottleneck: 41 % of seconds above 0.9
          event-loop utilisation, 88 % of the asked rate was sent. (rounds 1, 2, 3)
          Remedy: Lower the rate, raise workers, or run the generator on another
          machine.
        health: Other guests took 6.2 % of the processor. (round 2)
          Remedy: Repeat on a quieter machine.

      reports    reports/20260203-140509-k3f9/report.html
                 reports/20260203-140509-k3f9/report.md
      reproduce  npx bench run scenarios/video-generation/api.yaml --profile quick --seed 42
      "
    `);
  });

  it('nothing measured: why, and the remedy', () => {
    expect(show(records.nothingMeasuredRecord())).toMatchInlineSnapshot(`
      "INVALID  Nothing was measured: h264_nvenc cannot run here.
      20260203-140509-k3f9 · profile quick · 3 rounds · 1 min 52 s · seed 42

      SLA
        metric         limit  actual  margin  n  verdict
      encode-30s
       h264_nvenc
        encode time  ≤ 3 min       –       –  0  not measured

      Not measured
        h264_nvenc (encode-30s): ffmpeg has the encoder, but the NVIDIA driver is
          not there (Cannot load libcuda.so.1)
          Remedy: Install the NVIDIA driver, or pass the GPU into the container
          (docker run --gpus all).

      reports    reports/20260203-140509-k3f9/report.html
                 reports/20260203-140509-k3f9/report.md
      reproduce  npx bench run scenarios/video-generation/api.yaml --profile quick --seed 42
      "
    `);
  });

  it('interrupted: what is there and what is not', () => {
    expect(show(records.interruptedRecord(), 60)).toMatchInlineSnapshot(`
      "INTERRUPTED  Interrupted after 2 of 3 rounds: what was
                   measured is kept, nothing is concluded.
      20260203-140509-k3f9 · profile quick · 3 rounds · 41 s · se…

      SLA
        metric          limit   actual   margin      n  verdict
      health
        p50 latency   ≤ 20 ms  1.20 ms  +94.0 %  1,491  pass
        p95 latency  ≤ 100 ms  2.88 ms  +97.1 %  1,491  pass
        p99 latency  ≤ 200 ms  6.12 ms  +96.9 %  1,491  pass
        error rate      ≤ 1 %      0 %    +1 pp  1,491  pass

      Not measured
        health: interrupted, 2 complete rounds measured
        submit: no round was measured

      reports    reports/20260203-140509-k3f9/report.html
                 reports/20260203-140509-k3f9/report.md
      reproduce  npx bench run scenarios/video-generation/api.yaml --profile quick --seed 42
      "
    `);
  });

  it('too few samples: the number needed instead of a figure', () => {
    expect(show(records.shortRecord())).toMatch(/p99 latency .* – .* too few samples, needs 299/);
  });

  it.each(Object.keys(EVERY))('%s: no line is wider than the terminal but commands and paths, which are there to be copied', (name) => {
    const record = EVERY[name]?.() ?? records.passRecord();
    for (const width of [60, 72, 80, 100, 120]) {
      const wide = show(record, width).split('\n').filter((line) => displayWidth(line) > width && !/^(reports|reproduce|next| {11}reports\/)/.test(line));
      expect(wide).toEqual([]);
    }
  });

  it.each(Object.keys(EVERY))('%s: no NaN, undefined or Infinity', (name) => {
    expect(show(EVERY[name]?.() ?? records.passRecord())).not.toMatch(/NaN|undefined|Infinity|null/);
  });

  it('colour adds nothing but colour', () => {
    const record = records.regressionRecord();
    const painted = renderTerminal(record, { color: true, width: 90, files });
    expect(painted).toContain('\u001b[');
    expect(stripVTControlCharacters(painted).replace(' FAIL ', 'FAIL').replaceAll(/\s+/g, ' ')).toBe(show(record, 90).replaceAll(/\s+/g, ' '));
  });

  it('text of a service never carries a control character to the terminal', () => {
    fc.assert(
      fc.property(fc.string({ unit: ANY_CODE_POINT, maxLength: 60 }), (text) => {
        const shown = show(records.hostileRecord(`\u001b]0;x\u0007${text}\u009b31m`));
        expect(shown).not.toMatch(/[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069]/u);
      }),
      { numRuns: 25 },
    );
  });
});
