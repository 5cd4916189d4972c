import { setTimeout as sleep } from 'node:timers/promises';
import { formatMs } from '../../../units.ts';
import type { Reply } from '../../dialogue/ask.ts';
import { outcomeOf, statusOf, type Check, type Talk } from '../talk.ts';
import type { Spec } from '../schema.ts';

const REFUSALS = 5;
const ASK_EVERY_MS = 100;

/** A dependency that fails now and then is asked again, and nobody sees it. */
export const retry: Check<'retry'> = (spec, talk) =>
  whileBroken(spec, talk, async () => {
    const failed: Reply[] = [];
    for (let request = 0; request < spec.requests; request += 1) {
      const reply = await talk.send(spec.request, { expect: spec.expect, quiet: request > 0 });
      if (reply.wrong !== null) failed.push(reply);
    }
    if (failed[0] !== undefined) talk.evidence.push(failed[0].transcript);
    talk.needs(failed.length === 0, `while the dependency fails now and then, ${failed.length} of ${spec.requests} requests fail: ${failed[0]?.wrong ?? ''}`);
    return `all ${spec.requests} requests answered as expected while the dependency fails now and then`;
  });

/** With its dependency down a service refuses at once, in place of waiting for it every time; with it back it serves again. */
export const circuitBreaker: Check<'circuitBreaker'> = async (spec, talk, { signal }) => {
  let refusedMs = 0;
  let slowMs = 0;
  const found = await whileBroken(spec, talk, async () => {
    for (let request = 0; request < spec.opensAfter; request += 1) {
      const reply = await talk.send(spec.request, { expect: spec.expect, quiet: request > 0 });
      slowMs = Math.max(slowMs, reply.exchange.durationMs);
    }
    const replies: Reply[] = [];
    for (let request = 0; request < REFUSALS; request += 1) replies.push(await talk.send(spec.request, { expect: spec.expect, quiet: request > 0 }));
    refusedMs = replies.map(({ exchange }) => exchange.durationMs).sort((a, b) => a - b)[Math.floor(REFUSALS / 2)] ?? 0;
    const served = replies.filter(({ wrong }) => wrong === null).length;
    talk.needs(served === 0, `${served} of ${REFUSALS} requests are answered as if nothing were wrong: the dependency was not broken`);
    const silent = replies.find((each) => statusOf(each) === 0);
    talk.needs(silent === undefined, `with the dependency down a request gets ${silent === undefined ? '' : outcomeOf(silent)}`);
    talk.needs(refusedMs <= spec.fast, `after ${spec.opensAfter} failures requests still take ${formatMs(refusedMs)} to fail (median of ${REFUSALS}), the limit is ${formatMs(spec.fast)}: nothing cuts them short`);
    return '';
  });
  if (found.type === 'not-measured') return found;
  const restoredAt = performance.now();
  for (;;) {
    const reply = await talk.send(spec.request, { expect: spec.expect, quiet: true });
    const tookMs = performance.now() - restoredAt;
    if (reply.wrong === null) return talk.found(`refused in ${formatMs(refusedMs)} once ${spec.opensAfter} had failed (the slowest after ${formatMs(slowMs)}), served again ${formatMs(tookMs)} after the dependency was back`);
    if (tookMs > spec.recovery || signal.aborted) {
      talk.evidence.push(reply.transcript);
      talk.needs(false, `${formatMs(tookMs)} after the dependency is back requests still fail: ${reply.wrong}`);
      return talk.found('');
    }
    await sleep(ASK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
};

/** Breaks the dependency, looks, and makes it well again whatever happens. */
async function whileBroken({ request, expect, break: breaking, restore }: Spec<'retry'> | Spec<'circuitBreaker'>, talk: Talk, look: () => Promise<string>): ReturnType<Check<'retry'>> {
  const before = await talk.send(request, { expect });
  talk.needs(before.wrong === null, `before anything is broken it is not answered as expected: ${before.wrong ?? ''}`);
  if (before.wrong !== null) return talk.found('');
  try {
    const broken = await talk.send(breaking.request, { expect: breaking.expect });
    talk.needs(broken.wrong === null, `the dependency cannot be broken: ${broken.wrong ?? ''}`);
    return talk.found(broken.wrong === null ? await look() : '');
  } finally {
    const restored = await talk.send(restore.request, { expect: restore.expect, whatever: true });
    talk.needs(restored.wrong === null, `the dependency cannot be made well again, do it by hand: ${restored.wrong ?? ''}`);
  }
}
