import { usableMemoryBytes } from '../host/hardware.ts';

/** `k6 run` for one of n segments. */
export interface SegmentCommand {
  segment: number;
  segments: number;
  output: string;
  script: string;
}

/** `0,1/4,2/4,3/4,1` */
export function sequenceOf(segments: number): string {
  return Array.from({ length: segments + 1 }, (_, index) => (index === 0 ? '0' : index === segments ? '1' : `${index}/${segments}`)).join(',');
}

/** Arguments of k6. No thresholds: they would be judged on a part of the load. No REST API: segments on one host would fight for its port. */
export function argumentsOf({ segment, segments, output, script }: SegmentCommand): string[] {
  const bound = (index: number): string => (index === 0 ? '0' : index === segments ? '1' : `${index}/${segments}`);
  const parts = segments === 1 ? [] : ['--execution-segment', `${bound(segment)}:${bound(segment + 1)}`, '--execution-segment-sequence', sequenceOf(segments)];
  return ['run', '--quiet', '--no-color', '--no-thresholds', '--address', '', '--out', `json=${output}`, ...parts, script];
}

/**
 * What every k6 has in its environment. Nothing is reported to anybody, and nothing is fetched. Go's collector runs at a tenth of its
 * usual frequency: by default it takes k6 its cores for several ms many times a second, and the latencies of the generator end up as the
 * service's (docs/performance.md). Whoever sets GOGC this high sets GOMEMLIMIT too.
 */
export const K6_ENVIRONMENT = { K6_NO_USAGE_REPORT: 'true', K6_AUTO_EXTENSION_RESOLUTION: 'false', GOGC: '1000' } as const satisfies Record<string, string>;

/** Of k6 processes on this machine, which together keep to half of its memory; what the user set holds. */
export function k6Environment(segments: number, env: NodeJS.ProcessEnv = process.env): Record<string, string> {
  return { ...K6_ENVIRONMENT, GOGC: env['GOGC'] ?? K6_ENVIRONMENT.GOGC, GOMEMLIMIT: env['GOMEMLIMIT'] ?? String(Math.floor(usableMemoryBytes() / 2 / segments)) };
}
