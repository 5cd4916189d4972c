import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COMMENT_MARK, renderMarkdown } from '../../../src/report/markdown.ts';
import * as records from '../../support/records.ts';

describe('markdown report', () => {
  it('verdict, limits, changes, encodes, environment and the command', () => {
    expect(renderMarkdown(records.regressionRecord())).toMatchInlineSnapshot(`
      "<!-- readybench-report -->
      ## FAIL: health: p95 latency rose by 58 % against the baseline (14.9 ms to 23.5 ms).

      \`20260203-140509-k3f9\` · profile quick · 3 rounds · 1 min 52 s · seed 42 · 2026-02-03 14:05:09 UTC

      ### SLA: 5 of 5 limits met

      <details><summary>5 limits met</summary>

      | workload | metric | limit | actual | margin | n | interval | verdict |
      | --- | --- | ---: | ---: | ---: | ---: | ---: | --- |
      | health | p50 latency | ≤ 20 ms | 9.80 ms | +51.0 % | 2,234 | 9.31 ms … 10.6 ms | pass |
      | health | p95 latency | ≤ 100 ms | 23.5 ms | +76.5 % | 2,234 | 22.3 ms … 25.4 ms | pass |
      | health | p99 latency | ≤ 200 ms | 50.0 ms | +75.0 % | 2,234 | 47.5 ms … 54.0 ms | pass |
      | health | error rate | ≤ 1 % | 0 % | +1 pp | 2,234 | 0 % … 0 % | pass |
      | encode-30s | encode time, libx264 | ≤ 7 min | 2.78 s | +99.3 % | 3 | – | pass |

      </details>

      ### Against the baseline

      1 regression, 1 inconclusive, 4 within noise, 1 improved, 1 advisory.

      | workload | metric | baseline | now | change | interval | verdict |
      | --- | --- | ---: | ---: | ---: | ---: | --- |
      | health | p95 latency | 14.9 ms | 23.5 ms | +58.0 % | +49.0 % … +67.0 % | **regression** |
      | health | p50 latency | 9.16 ms | 9.80 ms | +7.0 % | +4.0 % … +10.0 % | inconclusive |
      | encode-30s | encode time, libx264 | 3.12 s | 2.78 s | −11.0 % | −14.0 % … −8.0 % | improved |

      <details><summary>5 other metrics</summary>

      | workload | metric | baseline | now | change | interval | verdict |
      | --- | --- | ---: | ---: | ---: | ---: | --- |
      | health | p99 latency | 49 ms | 50.0 ms | +2.0 % | −1.0 % … +5.0 % | within noise |
      | health | throughput | 49.7/s | 49.6/s | −0.1 % | −3.1 % … +2.9 % | within noise |
      | health | error rate | 0 % | 0 % | – | – | within noise |
      | encode-30s | CPU time of an encode, libx264 | 4.81 s | 4.86 s | +1.0 % | −2.0 % … +4.0 % | within noise |
      | encode-30s | encode frame rate, libx264 | 231 fps | 259 fps | +12.0 % | +9.0 % … +15.0 % | advisory |

      </details>

      <details><summary>Encodes</summary>

      **encode-30s**

      | encoder | at once | wall | CPU | fps | speed | size |
      | --- | ---: | ---: | ---: | ---: | ---: | ---: |
      | libx264 | 1 | 2.78 s | 4.86 s | 259 | 10.8x | 7.40 MB |

      </details>

      <details><summary>Environment</summary>

      | what | value |
      | --- | --- |
      | cpu | AMD EPYC 7B13 |
      | cores | 2 |
      | memoryGiB | 8 |
      | architecture | x64 |
      | gpu | none |
      | virtualisation | kvm |
      | kernel | 6.1.0-28-cloud-amd64 |
      | os | Debian GNU/Linux 12 |
      | node | v20.19.5 |
      | readybench | 0.1.0 |
      | ffmpeg | 5.1.7-0+deb12u1 (PATH) |
      | commit | 9f2c1ab47d0e |
      | target | embedded |

      </details>

      <details><summary>Reproduce</summary>

      \`\`\`sh
      npx bench run scenarios/video-generation/api.yaml --profile quick --seed 42
      \`\`\`

      </details>
      "
    `);
  });

  it('what could not be measured keeps its reason and remedy', () => {
    expect(renderMarkdown(records.nothingMeasuredRecord())).toMatchInlineSnapshot(`
      "<!-- readybench-report -->
      ## INVALID: Nothing was measured: h264_nvenc cannot run here.

      \`20260203-140509-k3f9\` · profile quick · 3 rounds · 1 min 52 s · seed 42 · 2026-02-03 14:05:09 UTC

      ### SLA: 0 of 1 limit met

      | workload | metric | limit | actual | margin | n | interval | verdict |
      | --- | --- | ---: | ---: | ---: | ---: | ---: | --- |
      | encode-30s | encode time, h264_nvenc | ≤ 3 min | – | – | 0 | – | not measured |

      ### Not measured

      - **h264_nvenc** (encode-30s): ffmpeg has the encoder, but the NVIDIA driver is not there (Cannot load libcuda.so.1) Install the NVIDIA driver, or pass the GPU into the container (docker run --gpus all).

      <details><summary>Environment</summary>

      | what | value |
      | --- | --- |
      | cpu | AMD EPYC 7B13 |
      | cores | 2 |
      | memoryGiB | 8 |
      | architecture | x64 |
      | gpu | none |
      | virtualisation | kvm |
      | kernel | 6.1.0-28-cloud-amd64 |
      | os | Debian GNU/Linux 12 |
      | node | v20.19.5 |
      | readybench | 0.1.0 |
      | ffmpeg | not used |
      | commit | not a git repository |
      | target | embedded |

      </details>

      <details><summary>Reproduce</summary>

      \`\`\`sh
      npx bench run scenarios/video-generation/api.yaml --profile quick --seed 42
      \`\`\`

      </details>
      "
    `);
  });

  it('every table row has as many cells as its heading, whatever stands in it', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => {
        const cells = (line: string): number => line.replaceAll(/\\[\\|]/g, '').split('|').length;
        const lines = renderMarkdown(records.hostileRecord(`a|${text}\n| b`)).split('\n');
        lines.forEach((line, index) => {
          if (line.startsWith('| ') && lines[index - 1]?.startsWith('| ') === true) expect(cells(line)).toBe(cells(lines[index - 1] ?? ''));
        });
      }),
      { numRuns: 25 },
    );
  });

  it('text of a service is neither markup nor a mention', () => {
    const text = renderMarkdown(records.hostileRecord()).replace(COMMENT_MARK, '').replaceAll(/(`{3,}).*?\1/gs, '');
    expect(text).not.toMatch(/<(?!\/?(details|summary)>)/);
    expect(text).not.toContain('@everyone');
    expect(text).not.toMatch(/(?<!\\)\[x/);
  });

  it('stays below the size of a comment however much is in the record', () => {
    const one = records.regressionRecord();
    const many = { ...one, scenarios: Array.from({ length: 100 }, () => one.scenarios).flat() };
    expect(renderMarkdown(many).length).toBeLessThan(65_536);
  });
});
