import { setTimeout as sleep } from 'node:timers/promises';
import { formatMs } from '../../../units.ts';
import type { Reply } from '../../dialogue/ask.ts';
import { stoppable, type Stoppable } from '../stoppable.ts';
import { outcomeOf, statusOf, type Check, type Talk } from '../talk.ts';
import type { Spec } from '../schema.ts';

/** Long enough for the first requests to be under way. */
const UNDER_WAY_MS = 200;
/** A request on its way while the signal is handled may meet a closed connection: no fault of either side. */
const RACE_MS = 20;
/** What is sent later than this after the signal should be refused. */
const STOP_TAKING_MS = 500;
const LOOK_EVERY_MS = 50;

interface Sent {
  startedMs: number;
  endedMs: number;
  reply: Reply;
}

/** Told to stop under load, a service answers what is under way, refuses what is new, and goes. */
export const shutdown: Check<'shutdown'> = async (own, talk, context) => {
  const subject = await stoppable(own, talk, context);
  if ('type' in subject) return subject;
  try {
    return await stopUnderLoad(own, subject, talk);
  } finally {
    await subject.release();
  }
};

async function stopUnderLoad({ request, inFlight, within }: Spec<'shutdown'>, { send, tell, isGone }: Stoppable, talk: Talk): ReturnType<Check<'shutdown'>> {
  const all: Sent[] = [];
  let over = false;
  const lane = async (): Promise<void> => {
    while (!over) {
      const startedMs = performance.now();
      const reply = await send(request, { quiet: true });
      all.push({ startedMs, endedMs: performance.now(), reply });
      if (refused(reply)) return;
    }
  };
  const lanes = Array.from({ length: inFlight }, lane);
  await sleep(UNDER_WAY_MS);
  const toldMs = performance.now();
  const obstacle = await tell();
  if (obstacle !== null) {
    over = true;
    await Promise.all(lanes);
    talk.needs(false, obstacle);
    return talk.found('');
  }
  let gone = false;
  while (!gone && performance.now() - toldMs < within) {
    await sleep(LOOK_EVERY_MS);
    gone = await isGone();
  }
  const tookMs = performance.now() - toldMs;
  over = true;
  const late = await send(request);
  await Promise.all(lanes);

  const underWay = all.filter(({ startedMs, endedMs }) => startedMs < toldMs - RACE_MS && endedMs > toldMs);
  const broken = underWay.filter(({ reply }) => statusOf(reply) === 0 || statusOf(reply) >= 500);
  const after = all.filter(({ startedMs }) => startedMs > toldMs + STOP_TAKING_MS);
  const taken = after.filter(({ reply }) => !refused(reply));
  for (const [example] of [broken, underWay, taken]) if (example !== undefined) talk.evidence.push(example.reply.transcript);
  talk.needs(underWay.length > 0, 'no request was under way when it was told to stop: use a request that takes longer');
  talk.needs(broken.length === 0, `${broken.length} of ${underWay.length} requests under way were not answered: ${broken[0] === undefined ? '' : outcomeOf(broken[0].reply)}`);
  talk.needs(gone, `${formatMs(within)} after SIGTERM it is still there`);
  talk.needs(taken.length === 0 && (!gone || refused(late)), `more than ${formatMs(STOP_TAKING_MS)} after SIGTERM new requests are still answered ${outcomeOf(taken[0]?.reply ?? late)}`);
  return talk.found(`${underWay.length} requests under way answered, gone after ${formatMs(tookMs)}, new ones refused`);
}

const refused = (reply: Reply): boolean => statusOf(reply) === 0 || statusOf(reply) === 503;
