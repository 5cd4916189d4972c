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

/** Nothing of ours is reported to anybody, and nothing is fetched. */
export const K6_ENVIRONMENT: Readonly<Record<string, string>> = { K6_NO_USAGE_REPORT: 'true', K6_AUTO_EXTENSION_RESOLUTION: 'false' };
