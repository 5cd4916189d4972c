import { defineConfig } from 'vitest/config';

/** Tests whose assertions are about time as measured: two at a time, with nothing else beside them. */
const MEASURING = ['test/integration/load/**/*.test.ts', 'test/integration/cli/capacity.test.ts'];

/** Files of one worker share its modules: to load and compile them anew for each takes as long as the tests do. */
const shared = { isolate: false, pool: 'threads' as const };
/** They wait more than they work: three at a time keep two processors busy. */
const real = { globalSetup: ['./test/support/built.ts'], testTimeout: 240_000 };

export default defineConfig({
  test: {
    reporters: ['default', './test/support/closing-line.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: 'unit', ...shared, include: ['test/unit/**/*.test.ts'], maxWorkers: 2, sequence: { groupOrder: 0 } } },
      {
        extends: true,
        test: { name: 'integration', ...real, include: ['test/integration/**/*.test.ts'], exclude: MEASURING, maxWorkers: 3, sequence: { groupOrder: 1 } },
      },
      {
        extends: true,
        test: {
          name: 'measuring',
          ...real,
          include: MEASURING,
          // A burst of work from outside can disturb a measurement; a defect fails every time. The closing line says how many needed it.
          retry: 2,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
