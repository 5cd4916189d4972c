import { setTimeout as sleep } from 'node:timers/promises';
import { formatMs } from '../../../units.ts';
import { header, outcomeOf, statusOf, type Check } from '../talk.ts';

export const rateLimit: Check<'rateLimit'> = async ({ path, limit, recovery }, talk) => {
  const many = Math.max(2, Math.ceil(limit * 3));
  // What came before must not count.
  await sleep(1_000);
  const replies = await Promise.all(Array.from({ length: many }, () => talk.send({ path }, { quiet: true })));
  const refused = replies.filter((each) => statusOf(each) === 429);
  const let200 = replies.filter((each) => statusOf(each) >= 200 && statusOf(each) < 400);
  for (const [first] of [let200, refused]) if (first !== undefined) talk.evidence.push(first.transcript);
  talk.needs(refused.length > 0, `${many} requests at once, three times the limit of ${limit}/s, and none was answered 429`);
  // A window that turns over in the middle may let through twice the limit.
  talk.needs(let200.length <= limit * 2 + 1, `${let200.length} of ${many} requests at once were let through, the limit is ${limit}/s`);
  talk.needs(let200.length > 0, `none of ${many} requests was let through, the limit is ${limit}/s`);
  const others = replies.filter((each) => !refused.includes(each) && !let200.includes(each));
  talk.needs(others.length === 0, `${others.length} of ${many} requests were answered neither way: ${others[0] === undefined ? '' : outcomeOf(others[0])}`);
  const [example] = refused;
  const wait = example === undefined ? undefined : header(example, 'retry-after');
  talk.needs(example === undefined || wait !== undefined, 'the refusals have no Retry-After');
  talk.needs(wait === undefined || /^\d+$/.test(wait) || !Number.isNaN(Date.parse(wait)), `Retry-After is neither seconds nor a date: ${wait ?? ''}`);
  if (example === undefined) return talk.found('');
  const waitMs = Math.min(60_000, Math.max(recovery, wait !== undefined && /^\d+$/.test(wait) ? Number(wait) * 1_000 + 100 : 0));
  await sleep(waitMs);
  const after = await talk.send({ path });
  talk.needs(statusOf(after) >= 200 && statusOf(after) < 400, `${formatMs(waitMs)} later a single request is still answered ${outcomeOf(after)}`);
  return talk.found(`${let200.length} of ${many} requests at once let through, ${refused.length} answered 429 with Retry-After ${wait ?? ''}, served again ${formatMs(waitMs)} later`);
};
