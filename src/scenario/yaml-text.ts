import { isUtf8 } from 'node:buffer';
import type { CST, YAMLError } from 'yaml';

/** Where the nesting passes a depth. Walks the tokens without recursion: what is nested too deep would exhaust the stack of the real parser. */
export function deeperThan(tokens: readonly CST.Token[], limit: number): number | undefined {
  const stack = tokens.map((token) => ({ token, depth: 0 }));
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { token, depth } = top;
    if (depth > limit) return token.offset;
    if (token.type === 'document') {
      if (token.value !== undefined) stack.push({ token: token.value, depth });
    } else if ('items' in token) {
      for (const { key, value } of token.items) {
        if (key) stack.push({ token: key, depth: depth + 1 });
        if (value) stack.push({ token: value, depth: depth + 1 });
      }
    }
  }
  return undefined;
}

/** Of bytes that are not UTF-8: where the first one stands. */
export function firstBadByte(bytes: Uint8Array): { line: number; column: number } {
  const lines = Buffer.from(bytes).toString('latin1').split('\n');
  const index = lines.findIndex((line) => !isUtf8(Buffer.from(line, 'latin1')));
  const line = lines[Math.max(index, 0)] ?? '';
  let column = 1;
  while (column <= line.length && isUtf8(Buffer.from(line.slice(0, column), 'latin1'))) column += 1;
  return { line: Math.max(index, 0) + 1, column };
}

/** The errors that each tell something: one a line, and none after the parser has lost its way, when everything looks wrong to it. */
export function telling(errors: readonly YAMLError[]): YAMLError[] {
  const lost = errors.findIndex(({ code }) => code === 'UNEXPECTED_TOKEN');
  return errors.slice(0, lost === -1 ? undefined : lost + 1);
}

/** What is wrong, in words that say what to write instead where that can be told. */
export function syntaxMessage(error: YAMLError, text: string): string {
  const [at] = error.pos;
  const lineEnd = text.indexOf('\n', at);
  const line = text.slice(text.lastIndexOf('\n', at - 1) + 1, lineEnd === -1 ? undefined : lineEnd);
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return 'not valid YAML: a tab in the indentation, use spaces';
    case 'BLOCK_AS_IMPLICIT_KEY':
      return 'not valid YAML: a second ": " in one line; put the text into quotes, or start a new line';
    case 'UNEXPECTED_TOKEN':
      return line.includes('${') ? 'not valid YAML: text with ${…} inside { } or [ ] needs quotes' : `not valid YAML: ${error.message}; what follows is read once this is mended`;
    default:
      return `not valid YAML: ${error.message}`;
  }
}
