import { bodyOf, outcomeOf, statusOf, type Check } from '../talk.ts';

export const auth: Check<'auth'> = async ({ request, expect, refused, expired }, talk) => {
  const good = await talk.send(request, { expect });
  talk.needs(good.wrong === null, `with the right credential it is not answered as expected: ${good.wrong ?? ''}`);
  const without = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !/^(authorization|x-api-key|cookie)$/i.test(name)));
  const attempts: [string, Record<string, string>][] = [['without a credential', {}], ['with a wrong token', { authorization: 'Bearer wrong' }], ['with a wrong key', { 'x-api-key': 'wrong' }], ...(expired === undefined ? [] : ([['with an expired token', { authorization: expired }]] as [string, Record<string, string>][]))];
  for (const [how, headers] of attempts) {
    const reply = await talk.send({ ...request, headers: { ...without, ...headers } }, { bare: true });
    talk.needs(refused.includes(statusOf(reply)), `${how} it is answered ${outcomeOf(reply)} and not ${refused.join(' or ')}`);
    talk.needs(bodyOf(good).length === 0 || !bodyOf(reply).equals(bodyOf(good)), `${how} the data is sent all the same`);
  }
  return talk.found(`${attempts.map(([how]) => how).join(', ')}: refused`);
};
