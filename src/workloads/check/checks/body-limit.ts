import { formatBytes } from '../../../units.ts';
import { outcomeOf, statusOf, type Check } from '../talk.ts';

export const bodyLimit: Check<'bodyLimit'> = async ({ path, limit, then }, talk) => {
  const size = Math.ceil(limit * 2);
  const reply = await talk.send({ method: 'POST', path, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ title: 'x'.repeat(size) }) });
  talk.needs(statusOf(reply) === 413, `a body of ${formatBytes(size)}, the limit is ${formatBytes(limit)}, is answered ${outcomeOf(reply)} and not 413`);
  const after = await talk.send({ path: then });
  talk.needs(statusOf(after) > 0 && statusOf(after) < 500, `the request after it is answered ${outcomeOf(after)}`);
  return talk.found(`a body of ${formatBytes(size)} is answered 413, and the service goes on`);
};
