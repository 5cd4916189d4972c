import { stripVTControlCharacters } from 'node:util';

/** Text as lines of a terminal: what is safe to print, how wide it is, where it breaks. Nothing here knows of records. */

/** Control characters and the marks that reorder text: a service must not be able to paint the reader's terminal. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029]+/gu;
const REORDERING = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const WIDE = /[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}]/u;
const ZERO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}]$/u;

/** One line of printable text: escape sequences gone, line breaks and other control characters turned into a space. */
export function plain(text: string): string {
  return stripVTControlCharacters(text).replaceAll(REORDERING, '').replaceAll(UNPRINTABLE, ' ').trim();
}

/** As `plain`, keeping line breaks and tabs: for the source of a scenario. */
export function plainLines(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(REORDERING, '')
    .replaceAll(/[^\P{Cc}\n\t]/gu, ' ');
}

/** Columns a text takes on a terminal; colour codes take none, East Asian characters two. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const char of stripVTControlCharacters(text)) width += ZERO_WIDTH.test(char) ? 0 : WIDE.test(char) ? 2 : 1;
  return width;
}

/** Cuts plain text to a number of columns, the cut marked by `…`. */
export function truncate(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let kept = '';
  let used = 0;
  for (const char of text) {
    used += displayWidth(char);
    if (used > width - 1) break;
    kept += char;
  }
  return width < 1 ? '' : `${kept.trimEnd()}…`;
}

/** Fills a text up to a number of columns; longer text stays as it is. */
export function pad(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const gap = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return align === 'left' ? text + gap : gap + text;
}

/** Breaks plain text at spaces into lines of at most `width` columns; a longer word is cut where the line ends. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (let word of text.split(' ').filter((each) => each !== '')) {
    if (line !== '' && displayWidth(line) + 1 + displayWidth(word) <= width) {
      line += ` ${word}`;
      continue;
    }
    if (line !== '') lines.push(line);
    while (displayWidth(word) > width) {
      const head = headOf(word, width);
      lines.push(head);
      word = word.slice(head.length);
    }
    line = word;
  }
  return line === '' ? lines : [...lines, line];
}

/** The longest beginning that fits, at least one character. */
function headOf(word: string, width: number): string {
  let head = '';
  let used = 0;
  for (const char of word) {
    used += displayWidth(char);
    if (used > width && head !== '') break;
    head += char;
  }
  return head;
}
