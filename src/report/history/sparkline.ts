const LEVELS = '▁▂▃▄▅▆▇█';

/** A series as one line of text, a character a value: from the lowest to the highest, the middle where all are equal. */
export function sparkline(values: readonly number[]): string {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return values.map((value) => LEVELS[high > low ? Math.round(((value - low) / (high - low)) * (LEVELS.length - 1)) : 3]).join('');
}
