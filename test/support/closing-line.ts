import type { Reporter, TestModule } from 'vitest/node';

/** Closes a test run with one plain line, so that CI and people see at a glance what ran and what was skipped. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    let again = 0;
    for (const module of modules) {
      if (!module.ok() && module.children.size === 0) counts.failed += 1;
      for (const test of module.children.allTests()) {
        const state = test.result().state;
        if (state === 'pending') continue;
        counts[state] += 1;
        if ((test.diagnostic()?.retryCount ?? 0) > 0) {
          again += 1;
          process.stdout.write(`tried again: ${test.fullName}\n`);
        }
        if (state === 'skipped') process.stdout.write(`skipped: ${test.fullName}\n`);
      }
    }
    // After the default reporter's own summary, whichever order they are called in.
    process.once('beforeExit', () => print(counts, again));
    process.once('exit', () => print(counts, again));
  }
}

let printed = false;
function print(counts: { passed: number; failed: number; skipped: number }, again: number): void {
  if (printed) return;
  printed = true;
  process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped${again === 0 ? '' : `, ${again} tried again`}\n`);
}
