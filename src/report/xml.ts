/** XML as text: every value put in is escaped, and characters that XML 1.0 does not know are left out. */

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;', '\t': '&#9;', '\n': '&#10;', '\r': '&#13;' };
/** Char of XML 1.0 (fifth edition), section 2.2, the other way round; lone halves of a surrogate pair as well. */
const UNKNOWN = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

export function escapeXml(text: string): string {
  return text.replaceAll(UNKNOWN, '').replaceAll(/[&<>"'\t\n\r]/g, (char) => ENTITIES[char] ?? char);
}

/** An element with its children indented, or closed at once. Attributes that are undefined are left out. */
export function element(name: string, attributes: Readonly<Record<string, string | number | undefined>>, children: readonly string[] = []): string {
  const pairs = Object.entries(attributes).filter(([, value]) => value !== undefined);
  const head = `<${name}${pairs.map(([key, value]) => ` ${key}="${escapeXml(String(value))}"`).join('')}`;
  return children.length === 0 ? `${head}/>` : `${head}>\n${children.map((child) => child.replaceAll(/^/gm, '  ')).join('\n')}\n</${name}>`;
}
