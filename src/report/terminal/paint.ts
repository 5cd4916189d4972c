import picocolors from 'picocolors';
import type { Cell } from '../columns.ts';
import type { Mark, Tone } from '../marks.ts';
import { wrap } from '../text.ts';

/** How a summary is painted, and how wide it may be. */
export interface Canvas {
  width: number;
  tone: (tone: Tone, text: string) => string;
  bold: (text: string) => string;
  dim: (text: string) => string;
  badge: (mark: Mark) => string;
}

export const NARROWEST = 60;
export const WIDEST = 120;

export function canvas(options: { color: boolean; width: number }): Canvas {
  const colours = picocolors.createColors(options.color);
  const tones: Record<Tone, (text: string) => string> = { good: colours.green, bad: colours.red, warn: colours.yellow, muted: colours.dim };
  const badges: Record<Tone, (text: string) => string> = { good: colours.bgGreen, bad: colours.bgRed, warn: colours.bgYellow, muted: colours.inverse };
  return {
    width: Math.min(WIDEST, Math.max(NARROWEST, Math.trunc(options.width))),
    tone: (tone, text) => tones[tone](text),
    bold: colours.bold,
    dim: colours.dim,
    badge: (mark) => (options.color ? colours.bold(badges[mark.tone](colours.black(` ${mark.word} `))) : mark.word),
  };
}

export const markCell = (on: Canvas, mark: Mark, text: string = mark.word): Cell => ({ text, paint: (cut) => on.tone(mark.tone, cut) });
export const dimCell = (on: Canvas, text: string): Cell => ({ text, paint: on.dim });

/** A paragraph, every line but the first indented by `hanging` more columns. */
export function paragraph(on: Canvas, text: string, indent = 0, hanging = 0): string[] {
  const lines = wrap(text, on.width - indent - hanging);
  return lines.map((line, index) => ' '.repeat(index === 0 ? indent : indent + hanging) + line);
}
