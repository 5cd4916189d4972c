/** What came back for a request, as far as its checks and captures need it. */
export interface Answer {
  status: number;
  receivedBytes: number;
  /** Whether the text that was asked for has been seen; true where none was. */
  bodyMatched: boolean;
  /** The body where it was kept; null where it was not, or is longer than `KEPT_BODY_BYTES`. */
  body: Buffer | null;
  /** Names and values in turns; null where they were not kept. */
  rawHeaders: readonly Buffer[] | null;
  /** The beginning of the body of an answer whose status was not asked for. */
  snippet: string;
}

/** A longer body can be counted and searched for a text, not looked into. */
export const KEPT_BODY_BYTES = 10_000_000;

/** Every value of a header, in the order they came. */
export function headerValues({ rawHeaders }: Pick<Answer, 'rawHeaders'>, name: string): string[] {
  const values: string[] = [];
  for (let index = 0; rawHeaders !== null && index + 1 < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toString('latin1').toLowerCase() === name) values.push(rawHeaders[index + 1]?.toString('latin1') ?? '');
  }
  return values;
}

/** Several values of one name as one, as RFC 9110 lets them be joined; undefined where there is none. */
export function headerOf(answer: Pick<Answer, 'rawHeaders'>, name: string): string | undefined {
  const values = headerValues(answer, name);
  return values.length === 0 ? undefined : values.join(', ');
}
