import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BenchError, EXIT, reasonOf } from '../errors.ts';
import { guardFolder, releaseFolder } from '../host/guardian.ts';

/** Things taken during a run that must be given back, in reverse order, however the run ends. */
export class Releases {
  readonly #releases: (() => Promise<unknown>)[] = [];

  add(release: () => Promise<unknown>): void {
    this.#releases.push(release);
  }

  /** Gives everything back; a release that fails does not keep the others from running. Resolves to what failed. */
  async all(): Promise<unknown[]> {
    const failures: unknown[] = [];
    for (const release of this.#releases.splice(0).reverse()) {
      try {
        await release();
      } catch (thrown) {
        failures.push(thrown);
      }
    }
    return failures;
  }
}

/** A temporary folder of the run, removed with it, however it ends. */
export async function temporaryFolder(releases: Releases): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'readybench-')).catch((thrown: unknown) => {
    throw new BenchError(EXIT.usage, `no temporary folder can be made in ${tmpdir()}: ${reasonOf(thrown)}`, { hint: 'Make room there, or set TMPDIR to a folder that can be written.', cause: thrown });
  });
  guardFolder(dir);
  // A second Ctrl-C leaves at once: what it skips must not stay on the disk.
  const atOnce = (): void => rmSync(dir, { recursive: true, force: true });
  process.on('exit', atOnce);
  releases.add(async () => {
    await rm(dir, { recursive: true, force: true, maxRetries: 3 });
    process.off('exit', atOnce);
    releaseFolder(dir);
  });
  return dir;
}
