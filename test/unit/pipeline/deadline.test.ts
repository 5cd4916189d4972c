import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { deadlineIn, type Deadline } from '../../../src/pipeline/deadline.ts';

function deadline(leftMs: number, interrupt: AbortSignal): Deadline {
  const made = deadlineIn(leftMs, interrupt);
  onTestFinished(made.release);
  return made;
}

it('ends work when the time is over, though nobody listens', async () => {
  const { signal } = deadline(20, new AbortController().signal);
  while (!signal.aborted) await sleep(5);
  expect(deadline(-5, new AbortController().signal).signal.aborted).toBe(false);
});

it('ends it with an interrupt, before or after it was made, and not once it was let go', () => {
  const interrupt = new AbortController();
  const [ended, released] = [deadline(Infinity, interrupt.signal), deadline(Infinity, interrupt.signal)];
  released.release();
  interrupt.abort();
  expect([ended, released, deadline(Infinity, interrupt.signal)].map(({ signal }) => signal.aborted)).toEqual([true, false, true]);
});
