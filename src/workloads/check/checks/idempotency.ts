import { randomUUID } from 'node:crypto';
import { atPointer } from '../../../load/json-pointer.ts';
import { jsonOf, type Check } from '../talk.ts';

export const idempotency: Check<'idempotency'> = async ({ request, expect, header: name, id: pointer, delete: remove }, talk) => {
  const ids: (string | undefined)[] = [];
  const keys = [randomUUID(), randomUUID()];
  for (const key of [keys[0], keys[0], keys[1]]) {
    const reply = await talk.send({ ...request, headers: { ...request.headers, [name]: key ?? '' } }, { expect });
    talk.needs(reply.wrong === null, `the submit is not answered as expected: ${reply.wrong ?? ''}`);
    const document = jsonOf(reply);
    const id = document === undefined ? undefined : atPointer(document, pointer);
    ids.push(id === undefined ? undefined : typeof id === 'string' ? id : JSON.stringify(id));
  }
  const [first, again, other] = ids;
  talk.needs(first !== undefined, `the answer has nothing at ${pointer}`);
  talk.needs(first === again, `the same submit with the same ${name} made two things: ${first ?? ''} and ${again ?? ''}`);
  talk.needs(first === undefined || first !== other, `submits with different values of ${name} made one thing: ${first ?? ''}`);
  if (remove !== undefined) for (const id of new Set(ids)) if (id !== undefined) await talk.send(remove.request, { expect: remove.expect, more: { id }, quiet: true });
  return talk.found(`the same key gives the same id, another key another`);
};
