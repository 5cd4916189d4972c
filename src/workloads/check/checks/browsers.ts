import { header, outcomeOf, statusOf, type Check, type Talk } from '../talk.ts';

export const securityHeaders: Check<'securityHeaders'> = async ({ path, require, forbid }, talk) => {
  const reply = await talk.send({ path });
  const wanted = talk.asking.target.baseUrl.startsWith('https:') ? [...require, 'strict-transport-security'] : require;
  talk.needs(statusOf(reply) > 0, `there is ${outcomeOf(reply)}`);
  const missing = wanted.filter((each) => header(reply, each.toLowerCase()) === undefined);
  const there = forbid.filter((each) => header(reply, each.toLowerCase()) !== undefined);
  talk.needs(missing.length === 0, `there is no ${missing.join(', no ')}`);
  talk.needs(there.length === 0, `there is ${there.join(', ')}, which tells attackers what runs`);
  return talk.found(wanted.map((each) => `${each}: ${header(reply, each.toLowerCase()) ?? ''}`).join('; '));
};

export const cors: Check<'cors'> = async ({ path, allowed, denied }, talk) => {
  const from = (origin: string): ReturnType<Talk['send']> => talk.send({ method: 'OPTIONS', path, headers: { origin, 'access-control-request-method': 'POST' } }, { bare: true });
  const good = await from(allowed);
  const shown = header(good, 'access-control-allow-origin');
  talk.needs(shown === allowed || shown === '*', `${allowed} is not let in: access-control-allow-origin is ${shown ?? 'missing'}`);
  const bad = header(await from(denied), 'access-control-allow-origin');
  talk.needs(bad !== denied && bad !== '*', `${denied} is let in: access-control-allow-origin is ${bad ?? ''}`);
  return talk.found(`${allowed} is let in, ${denied} is not`);
};
