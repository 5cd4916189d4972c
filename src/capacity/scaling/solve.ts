/** Solves A x = b by elimination with partial pivoting; null where A is singular. */
export function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] | null {
  const rows = matrix.map((row, index) => [...row, right[index] ?? 0]);
  const n = rows.length;
  for (let column = 0; column < n; column += 1) {
    let pivot = column;
    for (let row = column + 1; row < n; row += 1) if (Math.abs(rows[row]?.[column] ?? 0) > Math.abs(rows[pivot]?.[column] ?? 0)) pivot = row;
    const chosen = rows[pivot];
    const leading = chosen?.[column] ?? 0;
    if (chosen === undefined || Math.abs(leading) < Number.MIN_VALUE || !Number.isFinite(leading)) return null;
    rows[pivot] = rows[column] ?? [];
    rows[column] = chosen;
    for (let row = 0; row < n; row += 1) {
      const target = rows[row];
      if (row === column || target === undefined) continue;
      const factor = (target[column] ?? 0) / leading;
      for (let k = column; k <= n; k += 1) target[k] = (target[k] ?? 0) - factor * (chosen[k] ?? 0);
    }
  }
  return rows.map((row, index) => (row[n] ?? 0) / (row[index] ?? 1));
}
