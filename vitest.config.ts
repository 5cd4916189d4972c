import { defineConfig } from 'vitest/config';

/** Tests whose assertions are about time or about verdicts on measured time: one at a time, with nothing beside them. */
const MEASURING = ['test/integration/load/**/*.test.ts', 'test/integration/cli/**/*.test.ts'];
/** Of these, the ones that measure nothing they assert on. */
const NOT_MEASURING = ['run', 'surroundings', 'ci-commands', 'decisions'].map((name) => `test/integration/cli/${name}.test.ts`);

const real = { globalSetup: ['./test/support/built.ts'], testTimeout: 240_000 };

export default defineConfig({
  test: {
    reporters: ['default', './test/support/closing-line.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: 'unit', include: ['test/unit/**/*.test.ts'], maxWorkers: 2, sequence: { groupOrder: 0 } } },
      {
        extends: true,
        test: { name: 'integration', ...real, include: ['test/integration/!(load|cli)/**/*.test.ts', ...NOT_MEASURING], maxWorkers: 2, sequence: { groupOrder: 1 } },
      },
      {
        extends: true,
        test: {
          name: 'measuring',
          ...real,
          include: MEASURING,
          exclude: NOT_MEASURING,
          // A burst of work from outside can disturb a measurement; a defect fails every time. The closing line says how many needed it.
          retry: 2,
          fileParallelism: false,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
