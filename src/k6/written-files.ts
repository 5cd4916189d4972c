import { stat } from 'node:fs/promises';

/** Those of the files that are there and have something in them. */
export async function writtenFiles(files: readonly string[]): Promise<string[]> {
  const sizes = await Promise.all(files.map((file) => stat(file).then(({ size }) => size, () => 0)));
  return files.filter((_, index) => (sizes[index] ?? 0) > 0);
}
