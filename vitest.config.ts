import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    reporters: ['default', './test/support/closing-line.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: 'unit', include: ['test/unit/**/*.test.ts'] } },
      // Real processes and sockets on a machine that others share: a burst from outside can disturb a measurement, a defect fails every time.
      { extends: true, test: { name: 'integration', retry: 2, include: ['test/integration/**/*.test.ts'], globalSetup: ['./test/support/built.ts'], fileParallelism: false, testTimeout: 240_000 } },
    ],
  },
});
