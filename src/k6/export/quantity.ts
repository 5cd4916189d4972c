const BINARY = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const DECIMAL = ['k', 'M', 'G', 'T', 'P', 'E'];

/** `1.5Gi` → bytes: a quantity of Kubernetes (resource units, "Quantity" in its API reference). */
export function bytesOf(quantity: string): number {
  const [, number = '', unit = ''] = /^([\d.]+)(.*)$/.exec(quantity) ?? [];
  if (unit === 'm') return Number(number) / 1_000;
  if (BINARY.includes(unit)) return Number(number) * 1_024 ** (BINARY.indexOf(unit) + 1);
  return Number(number) * 1_000 ** (DECIMAL.indexOf(unit) + 1);
}
