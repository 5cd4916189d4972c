/** True where the name holds one of the patterns, or matches it as a glob (`*` any characters, `?` one); no patterns: always. */
export function matches(name: string, patterns: readonly string[]): boolean {
  return patterns.length === 0 || patterns.some((pattern) => (/[*?]/.test(pattern) ? glob(pattern).test(name) : name.includes(pattern)));
}

function glob(pattern: string): RegExp {
  const source = [...pattern.replaceAll(/\*+/g, '*')].map((char) => (char === '*' ? '.*' : char === '?' ? '.' : char.replace(/[\\^$.|+()[\]{}]/, String.raw`\$&`)));
  return new RegExp(`^${source.join('')}$`, 's');
}
