/** Those that no other is at least as good as in both and better in one. Higher is better; order is kept. */
export function paretoFront<T>(items: readonly T[], x: (item: T) => number, y: (item: T) => number): T[] {
  return items.filter((item) => !items.some((other) => x(other) >= x(item) && y(other) >= y(item) && (x(other) > x(item) || y(other) > y(item))));
}
