import { plainLines } from '../text.ts';

/** Markup that is known to be safe. Made by `html` alone; `trusted` is for what this package itself ships. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type HtmlValue = string | number | Html | null | undefined | false | readonly HtmlValue[];

/**
 * A template that escapes every value put into it unless it is `Html` already. Values in attributes must stand in
 * double quotes; `null`, `undefined` and `false` leave nothing.
 */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return new Html(strings.reduce((text, part, index) => text + render(values[index - 1]) + part));
}

/** Markup written in this package or read from a dependency of it; never text of a record. */
export function trusted(text: string): Html {
  return new Html(text);
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;', '`': '&#96;' };

/** Text as it can stand between tags and in quoted attributes; control characters are gone. */
export function escapeHtml(text: string): string {
  return plainLines(text).replaceAll(/[&<>"'`]/g, (char) => ENTITIES[char] ?? char);
}

/** JSON that stays data inside a script element: nothing in it can end the element or open a comment. */
export function jsonForScript(value: unknown): Html {
  return new Html(JSON.stringify(value).replaceAll(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`));
}

function render(value: HtmlValue): string {
  if (value === null || value === undefined || value === false) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'string') return escapeHtml(value);
  return typeof value === 'number' ? String(value) : value.map(render).join('');
}
