import { describe, expect, it } from 'vitest';
import { viewHtml } from '../../../src/report/capacity/html.ts';
import { viewMarkdown } from '../../../src/report/capacity/markdown.ts';
import { scalingView } from '../../../src/report/capacity/scaling-view.ts';
import { searchView } from '../../../src/report/capacity/search-view.ts';
import { viewText } from '../../../src/report/capacity/terminal.ts';
import { scalingRecord, searchRecord } from '../../support/capacity-records.ts';

const same = (text: string): string => text;

describe('reports of capacity', () => {
  it('a search: what was found, what gave way, every level by its rate', () => {
    expect(viewText(searchView(searchRecord()), 140, { bold: same, dim: same })).toMatchInlineSnapshot(`
      "FOUND 337/s keep every limit (95 % interval 326/s to 345/s)
      run 20260203-150000-srch · started 2026-02-03 15:00:00 UTC · target embedded · profile quick, seed 1 · machine e3b0c44298fc

      First to give way: latency.p95. Requests in flight grew from 3 to 60 within a trial: more come than are served.

      303/s (90 %) were held for 50 s with every limit kept.

      Levels
         rate  trials  kept  completed  nearest to its limit, worst trial / limit  in flight  machine busy  verdict
         40/s  short   3/3        40/s  latency.p95 6.30 ms / 100 ms                       4        10.5 %  kept
         80/s  short   3/3        80/s  latency.p95 8.40 ms / 100 ms                       4        21.1 %  kept
        160/s  short   3/3       160/s  latency.p95 14.7 ms / 100 ms                       4        42.1 %  kept
        320/s  short   3/3       320/s  latency.p95 74.5 ms / 100 ms                       4        84.2 %  kept
        334/s  long    2/3       334/s  latency.p95 102 ms / 100 ms                        4        87.9 %  kept
        341/s  long    0/3       340/s  latency.p95 124 ms / 100 ms                       60        89.8 %  not kept
        349/s  long    0/3       340/s  latency.p95 147 ms / 100 ms                       60        91.8 %  not kept
        381/s  long    0/3       340/s  latency.p95 326 ms / 100 ms                       60          98 %  not kept
        453/s  long    0/3       340/s  latency.p95 945 ms / 100 ms                       60          98 %  not kept
        640/s  short   0/3       340/s  latency.p95 2.52 s / 100 ms                       60          98 %  not kept
      "
    `);
  });

  it('a search whose estimate lies at the rate that failed does not say of that rate that it keeps every limit', () => {
    const made = searchRecord();
    const at = (ratePerSecond: number) => searchView({ ...made, outcome: { type: 'found', keptPerSecond: 766, failedPerSecond: 800 }, estimate: { ratePerSecond, low: 766, high: 1_558, confidence: 0.95 } }).sentence;
    expect(at(800)).toBe('766/s keep every limit, 800/s do not, though single trials there or above did (95 % interval 766/s to 1,558/s)');
    expect(at(799)).toBe('799/s keep every limit (95 % interval 766/s to 1,558/s)');
  });

  it('a scaling: the best, contention and coherence in words, each level', () => {
    expect(viewText(scalingView(scalingRecord()), 140, { bold: same, dim: same })).toMatchInlineSnapshot(`
      "MEASURED 3,985/h at 4 at once with libx264, threads split, the highest of 6 levels; from 3 on a step gains less than 5 %
      run 20260203-160000-scal · started 2026-02-03 15:00:00 UTC · target this machine · profile quick, 3 rounds, seed 1 · machine e3b0c44298fc

      libx264, threads auto: Contention (σ) 81.0 % (95 % interval 78.6 % to 83.5 %): that share of the work is done one at a time, however many
      there are. Coherence (κ) 0.95 % (95 % interval 0.66 % to 1.26 %): what each pays to keep in step with every other; it grows with the square
      of their number. Highest throughput 3,661/h at 4.47 at once (95 % interval 4.07 to 5.10); above that more at once are slower together.

      libx264, threads split: Contention (σ) 60.7 % (95 % interval 58.6 % to 62.9 %): that share of the work is done one at a time, however many
      there are. Coherence (κ) 1.97 % (95 % interval 1.72 % to 2.24 %): what each pays to keep in step with every other; it grows with the square
      of their number. Highest throughput 4,007/h at 4.46 at once (95 % interval 4.27 to 4.69); above that more at once are slower together.

      Little's law (throughput × time = number under way) was not checked: how many encodes were under way is known from their own times alone,
      and with those it always holds.

      h264_nvenc was not measured: the NVIDIA driver is not there. Install it.

      Workers and thread policy
        encoder and policy           best  throughput  knee
        libx264, threads auto   3 at once     3,660/h     2
        libx264, threads split  4 at once     3,985/h     3  highest throughput here
        knee: the fewest at once after which a step gains less than 5 %. Take it where the best differs little: each encode is done sooner and
        takes less memory.

      Levels, libx264, threads auto
        at once  throughput   gain  mean time     p95  machine busy  Little’s law  rounds
              1     3,251/h     ×1     1.11 s  1.22 s          80 %             –     3/3
              2     3,510/h  ×1.08     2.05 s  2.26 s        90.0 %             –     3/3  knee
              3     3,660/h  ×1.13     2.95 s  3.25 s          99 %             –     3/3  best
              4     3,644/h  ×1.12     3.95 s  4.35 s          99 %             –     3/3
              6     3,619/h  ×1.11     5.97 s  6.57 s          99 %             –     3/3
              8     3,581/h  ×1.10     8.04 s  8.85 s          99 %             –     3/3

      Levels, libx264, threads split
        at once  throughput   gain  mean time     p95  machine busy  Little’s law  rounds
              1     3,070/h     ×1     1.17 s  1.29 s          80 %             –     3/3
              2     3,679/h  ×1.20     1.96 s  2.15 s        90.0 %             –     3/3
              3     3,963/h  ×1.29     2.73 s  3.00 s          99 %             –     3/3  knee
              4     3,985/h  ×1.30     3.61 s  3.97 s          99 %             –     3/3  best
              6     3,938/h  ×1.28     5.49 s  6.03 s          99 %             –     3/3
              8     3,832/h  ×1.25     7.52 s  8.27 s          99 %             –     3/3
      "
    `);
  });

  it('all of it in Markdown and HTML too, the curves as charts', () => {
    for (const view of [searchView(searchRecord()), scalingView(scalingRecord())]) {
      const [markdown, page] = [viewMarkdown(view), viewHtml(view)];
      for (const { title } of view.tables) {
        expect(markdown).toContain(`## ${title}`);
        expect(page).toContain(title);
      }
      for (const { title } of view.charts) expect(page).toContain(title);
    }
  });

  it('a search that could not be verified, or that is to go on, says so', () => {
    const record = searchRecord();
    const verification = { ratePerSecond: 303, durationMs: 50_000, kept: null, figures: [], why: 'The load generator could not keep up.' };
    expect(searchView({ ...record, verification })).toMatchObject({ mark: { word: 'FOUND', tone: 'warn' }, notes: expect.arrayContaining([expect.stringMatching(/^303\/s \(90 %\) could not be verified: The load generator could not keep up\. That says nothing of the service/)]) as string[] });
    const noTime = { ...verification, durationMs: 0, why: 'The time of the profile was over.' };
    expect(searchView({ ...record, verification: noTime }).notes.find((note) => note.includes('verified'))).toBe('303/s (90 %) could not be verified: The time of the profile was over. That says nothing of the service; --profile nightly takes the time it needs, and so may a shorter --trial or a rate nearer to this with --from.');
    expect(searchView({ ...record, madeLess: { ratePerSecond: 334.1, madePerSecond: 120 } }).notes[1]).toBe('At 334/s every limit was kept, but only 120/s were made: the trials were too short for the queue to grow past the limit. Count on what was made; bench capacity plan does.');
    const run = { ...record.run, status: 'interrupted' as const, command: "bench capacity api.yaml --out 'a b' --resume 'a b'" };
    expect(searchView({ ...record, run, outcome: null, verification: null }, "'a b'").notes.at(-1)).toBe("Go on from here: bench capacity api.yaml --out 'a b' --resume 'a b'");
    expect(scalingView({ ...scalingRecord(), run }, 'found').notes.at(-1)).toBe("Go on from here: bench capacity api.yaml --out 'a b' --resume found");
  });

  it('a search whose set-up failed, or whose time was over, claims nothing of a limit', () => {
    const record = searchRecord();
    const setUp = { metric: 'latency.p95', resource: 'set-up' as const, sentence: 'Set-up step login failed: 401' };
    const view = searchView({ ...record, outcome: { type: 'failed-at-lowest', ratePerSecond: 5 }, gaveWay: setUp, verification: null });
    expect(view.sentence).toBe('the set-up failed at the lowest rate, 5/s: nothing is known about the capacity');
    expect(view.notes).toEqual(['First to give way: latency.p95. Set-up step login failed: 401', 'Correct the set-up or the target, and search again.']);
    const halving = searchView({ ...record, outcome: { type: 'failed-at-lowest', ratePerSecond: 20 }, outOfTime: true, verification: null });
    expect(halving.sentence).toBe('a limit is not kept at 20/s, and the time of the profile quick was over before a lower rate was decided');
    expect(halving.notes.at(-1)).toBe('Give it more time with --profile nightly, shorter trials with --trial, or a rate nearer to what the service takes with --from.');
    expect(searchView({ ...record, outcome: null, outOfTime: true, verification: null, gaveWay: null }).sentence).toBe('the time of the profile quick was over before one rate was decided');
  });

  it('text of a service stays text', () => {
    const hostile = '<script>alert(1)</script>|\u001b[31m';
    const view = searchView({ ...searchRecord(), target: hostile, workload: hostile });
    expect(viewHtml(view)).not.toContain('<script>alert');
    expect(viewMarkdown(view)).not.toContain('\u001b');
    expect(viewText(view, 100, { bold: same, dim: same })).not.toContain('\u001b');
  });
});
