import { shownUrl } from '../base-url.ts';
import { BenchError, EXIT } from '../errors.ts';
import { baseUrlGiven } from './base-url-given.ts';

/** What `--against` names: the other side of a paired run. */
export type Against =
  | { kind: 'url'; url: string }
  | { kind: 'ffmpeg'; path: string }
  /** A git ref of the repository the run is started in, or a command that starts a service. */
  | { kind: 'service'; what: string };

/** Rounds of a paired run where nobody says otherwise: so many pairs see 5 % at 3 % noise of each side, 20 metrics at once, in 95 of 100 runs (docs/gate.md). */
export const PAIRED_ROUNDS = 30;

/** `https://…`, `ffmpeg=<path>`, `service=<git ref or command>`. Throws a BenchError (2). */
export function parseAgainst(text: string): Against {
  const [, key = '', value = ''] = /^(ffmpeg|service)=(.*)$/s.exec(text) ?? [];
  if (key !== '' && value.trim() !== '') return key === 'ffmpeg' ? { kind: 'ffmpeg', path: value.trim() } : { kind: 'service', what: value.trim() };
  if (/^https?:\/\//i.test(text) && URL.canParse(text)) return { kind: 'url', url: baseUrlGiven('--against', text) };
  throw new BenchError(EXIT.usage, `--against ${JSON.stringify(shownUrl(text))} names nothing to compare with`, {
    hint: 'write a URL (--against http://127.0.0.1:8081), another ffmpeg (--against ffmpeg=/opt/ffmpeg/bin/ffmpeg), or a service by git ref or command (--against service=v2.0)',
  });
}

/** Whether one round measures the other side first: ABBA, so that slow drift hits both sides alike. Pure. */
export function againstFirst(round: number): boolean {
  return round % 4 === 1 || round % 4 === 2;
}
