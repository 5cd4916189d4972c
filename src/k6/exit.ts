import { BenchError, EXIT } from '../errors.ts';
import type { ProcessResult } from '../host/processes.ts';
import type { Finding } from '../record/schema.ts';

/** k6's exit codes (errext/exitcodes of k6 2.2) in words. */
const MEANING: Readonly<Record<number, string>> = {
  97: 'the cloud run failed',
  98: 'the cloud did not tell how far the run was',
  99: 'thresholds were crossed, which were not to be evaluated',
  100: 'setup() took too long',
  101: 'teardown() took too long',
  102: 'something took too long',
  103: 'it was stopped through its REST API',
  104: 'its configuration is wrong',
  105: 'a signal stopped it',
  106: 'its REST API could not be started',
  107: 'the script threw an exception',
  108: 'the script stopped the test',
  109: 'k6 itself crashed',
  110: 'the script marked the test as failed',
};

/** What became of one k6 process. */
export interface SegmentEnd {
  segment: number;
  result: ProcessResult;
  /** It did not end when it should have, and was ended. */
  hung: boolean;
}

/** Every end but a clean one makes the run invalid. Pure. */
export function exitFindings(ends: readonly SegmentEnd[]): Finding[] {
  return ends.flatMap(({ segment, result, hung }): Finding[] => {
    if (result.code === 0 && !hung) return [];
    const said = lastError(result.stderr);
    const how = hung ? 'did not end in time and was stopped' : `${howItEnded(result)}`;
    return [
      {
        severity: 'invalid',
        code: hung ? 'k6-hung' : result.code === null ? 'k6-killed' : `k6-exit-${result.code}`,
        message: `Segment ${segment + 1} of ${ends.length} of k6 ${how}${said === '' ? '' : `: ${said}`}.`,
        remedy: 'What the others measured is a part of the load and no verdict: find the cause and run again.',
      },
    ];
  });
}

/** A script that k6 does not take at all is a mistake of the input, and no measurement: a BenchError (2; 6 where k6 does not even start). @param files what was written, if anything */
export function refuseBrokenScripts(ends: readonly SegmentEnd[], files: readonly string[]): void {
  const broken = ends.find(({ result }) => (result.startError !== null && result.startError !== 'ABORTED') || ((result.code === 104 || result.code === 107) && files.length === 0));
  if (broken === undefined) return;
  const { result } = broken;
  throw new BenchError(result.startError === null ? EXIT.usage : EXIT.toolMissing, `k6 ${howItEnded(result)}: ${lastError(result.stderr)}`, { hint: 'k6 did not get as far as its first request. Its log says why; bench doctor shows which k6 is used.' });
}

export function howItEnded({ code, signal, startError }: Pick<ProcessResult, 'code' | 'signal' | 'startError'>): string {
  if (startError !== null) return `could not be started (${startError})`;
  if (code === null) return `was killed by ${signal ?? 'a signal'}`;
  return `ended with ${code}${MEANING[code] === undefined ? '' : `: ${MEANING[code]}`}`;
}

/** The last error of k6's log, in its logfmt or plain. */
export function lastError(stderr: string): string {
  const lines = stderr.trim().split('\n');
  const line = lines.findLast((each) => /level=(error|fatal|panic)/.test(each)) ?? lines.at(-1) ?? '';
  const message = /msg="((?:[^"\\]|\\.)*)"/.exec(line)?.[1];
  return (message === undefined ? line : message.replaceAll(String.raw`\"`, '"').split(String.raw`\n`)[0] ?? '').trim().slice(0, 300);
}
