/** Characters of one line that are kept; what a broken program writes beyond them is dropped up to the next line end. */
export const MAX_LINE_CHARACTERS = 64_000;

/**
 * Cuts a stream of text into lines at `\n`, `\r\n` and a lone `\r` (progress that is drawn over itself),
 * wherever the chunks happen to be cut. Memory stays bounded by `MAX_LINE_CHARACTERS` whatever comes.
 */
export class LineSplitter {
  readonly #onLine: (line: string) => void;
  #rest = '';
  #afterReturn = false;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(chunk: string): void {
    // The second half of a \r\n that was cut between two chunks.
    const text = this.#afterReturn && chunk.startsWith('\n') ? chunk.slice(1) : chunk;
    if (chunk !== '') this.#afterReturn = chunk.endsWith('\r');
    const lines = text.split(/\r\n|\n|\r/);
    const last = lines.length - 1;
    for (const [index, part] of lines.entries()) {
      if (this.#rest.length < MAX_LINE_CHARACTERS) this.#rest += part.slice(0, MAX_LINE_CHARACTERS - this.#rest.length);
      if (index < last) this.#flush();
    }
  }

  /** The stream has ended: a last line without a line end is a line too. */
  end(): void {
    if (this.#rest !== '') this.#flush();
  }

  #flush(): void {
    const line = this.#rest;
    this.#rest = '';
    this.#onLine(line);
  }
}

/** The last `limit` characters of a stream, without copying them at every chunk. */
export class Tail {
  readonly #limit: number;
  #text = '';

  constructor(limit: number) {
    this.#limit = limit;
  }

  push(chunk: string): void {
    this.#text += chunk;
    if (this.#text.length > this.#limit * 2) this.#text = this.#text.slice(-this.#limit);
  }

  text(): string {
    return this.#text.slice(-this.#limit);
  }
}
