import { BenchError, EXIT } from '../../errors.ts';
import { TEST_TAG } from '../export/script-test.ts';
import { readPoints } from '../ndjson/file.ts';
import { tagsOf, type Tags } from '../ndjson/tags.ts';

/** Written by k6 every second, whatever a script does. */
const EVER_WRITTEN = ['vus', 'vus_max', 'iterations', 'http_reqs'];

/** Ends the reading of a file at its first point. */
class FirstPoint extends Error {
  readonly tags: Tags;

  constructor(tags: Tags) {
    super('read as far as is needed');
    this.tags = tags;
  }
}

/** Files of a test with scripts, sorted: those of each script's round by its name, and the others, which are the plan's. */
export interface SortedFiles {
  ofPlan: string[];
  ofRun: Map<string, string[]>;
}

/**
 * Sorts files by what their first point says. One without a point is of nobody: it is missed where it belongs. Throws a
 * BenchError (2) for files of another export, and for two of the same pod. @param generic whether the plan has parts of its own
 */
export async function sortByTest(planId: string, generic: boolean, files: readonly string[]): Promise<SortedFiles> {
  const stranger = (file: string, plan: string | undefined): BenchError => new BenchError(EXIT.usage, `${file} is of another run: its plan is ${plan ?? 'unknown'}, not ${planId}`, { hint: 'Give only the files that this plan produced.' });
  const sorted: SortedFiles = { ofPlan: [], ofRun: new Map() };
  const pods = new Map<string, string>();
  for (const file of files) {
    const tags = await firstTags(file);
    const run = tags?.[TEST_TAG];
    if (tags === null || run === undefined) {
      if (tags !== null && !generic) throw stranger(file, tags['plan']);
      sorted.ofPlan.push(file);
      continue;
    }
    if (tags['plan'] !== planId) throw stranger(file, tags['plan']);
    const pod = `${run} ${tags['instance_id'] ?? file}`;
    const before = pods.get(pod);
    if (before !== undefined) throw new BenchError(EXIT.usage, `${before} and ${file} are both of pod ${tags['instance_id']} of ${run}: they are of two runs`, { hint: 'Give the files of one run only, each once.' });
    pods.set(pod, file);
    sorted.ofRun.set(run, [...(sorted.ofRun.get(run) ?? []), file]);
  }
  return sorted;
}

/** Null for a file without a point. */
async function firstTags(file: string): Promise<Tags | null> {
  try {
    await readPoints(file, EVER_WRITTEN, (_, __, ___, tags) => {
      throw new FirstPoint(tagsOf(tags));
    });
  } catch (thrown) {
    const cause = thrown instanceof BenchError ? thrown.cause : thrown;
    if (cause instanceof FirstPoint) return cause.tags;
    throw thrown;
  }
  return null;
}
