import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { processEntry } from '../../host/proc.ts';
import { atPointer } from '../../load/json-pointer.ts';
import { formatBytes, formatMs } from '../../units.ts';
import type { CheckName, CheckSpec, Spec } from './schema.ts';
import { bodyOf, header, jsonOf, outcomeOf, statusOf, type Found, type Talk } from './talk.ts';

type Check<Name extends CheckName> = (spec: Spec<Name>, talk: Talk) => Promise<Found>;

const rateLimit: Check<'rateLimit'> = async ({ path, limit, recovery }, talk) => {
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

const bodyLimit: Check<'bodyLimit'> = async ({ path, limit, then }, talk) => {
  const size = Math.ceil(limit * 2);
  const reply = await talk.send({ method: 'POST', path, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ title: 'x'.repeat(size) }) });
  talk.needs(statusOf(reply) === 413, `a body of ${formatBytes(size)}, the limit is ${formatBytes(limit)}, is answered ${outcomeOf(reply)} and not 413`);
  const after = await talk.send({ path: then });
  talk.needs(statusOf(after) > 0 && statusOf(after) < 500, `the request after it is answered ${outcomeOf(after)}`);
  return talk.found(`a body of ${formatBytes(size)} is answered 413, and the service goes on`);
};

const auth: Check<'auth'> = async ({ request, expect, refused, expired }, talk) => {
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

const securityHeaders: Check<'securityHeaders'> = async ({ path, require, forbid }, talk) => {
  const reply = await talk.send({ path });
  const wanted = talk.asking.target.baseUrl.startsWith('https:') ? [...require, 'strict-transport-security'] : require;
  talk.needs(statusOf(reply) > 0, `there is ${outcomeOf(reply)}`);
  const missing = wanted.filter((each) => header(reply, each.toLowerCase()) === undefined);
  const there = forbid.filter((each) => header(reply, each.toLowerCase()) !== undefined);
  talk.needs(missing.length === 0, `there is no ${missing.join(', no ')}`);
  talk.needs(there.length === 0, `there is ${there.join(', ')}, which tells attackers what runs`);
  return talk.found(wanted.map((each) => `${each}: ${header(reply, each.toLowerCase()) ?? ''}`).join('; '));
};

const cors: Check<'cors'> = async ({ path, allowed, denied }, talk) => {
  const from = (origin: string): ReturnType<Talk['send']> => talk.send({ method: 'OPTIONS', path, headers: { origin, 'access-control-request-method': 'POST' } }, { bare: true });
  const good = await from(allowed);
  const shown = header(good, 'access-control-allow-origin');
  talk.needs(shown === allowed || shown === '*', `${allowed} is not let in: access-control-allow-origin is ${shown ?? 'missing'}`);
  const bad = header(await from(denied), 'access-control-allow-origin');
  talk.needs(bad !== denied && bad !== '*', `${denied} is let in: access-control-allow-origin is ${bad ?? ''}`);
  return talk.found(`${allowed} is let in, ${denied} is not`);
};

const DECODERS: Readonly<Record<string, (body: Buffer) => Buffer>> = { gzip: gunzipSync, br: brotliDecompressSync, deflate: inflateSync };

const compression: Check<'compression'> = async ({ path }, talk) => {
  const plain = await talk.send({ path, headers: { 'accept-encoding': 'identity' } });
  const small = await talk.send({ path, headers: { 'accept-encoding': 'gzip, br' } });
  talk.needs(statusOf(plain) === 200, `it is answered ${outcomeOf(plain)} and not 200`);
  talk.needs(header(plain, 'content-encoding') === undefined, 'it is compressed for those who do not accept it');
  const encoding = header(small, 'content-encoding');
  const decode = DECODERS[encoding ?? ''];
  talk.needs(decode !== undefined, `gzip and br are accepted, and the answer of ${formatBytes(bodyOf(small).length)} is not compressed`);
  if (decode === undefined) return talk.found('');
  try {
    // What is answered may grow meanwhile: it must lie between the plain answers before and after it, or close to them.
    const unpacked = decode(bodyOf(small)).length;
    const lengths = [bodyOf(plain).length, bodyOf(await talk.send({ path, headers: { 'accept-encoding': 'identity' } }, { quiet: true })).length];
    talk.needs(unpacked >= 0.9 * Math.min(...lengths) && unpacked <= 1.1 * Math.max(...lengths), `unpacked it has ${formatBytes(unpacked)}, plain ${formatBytes(bodyOf(plain).length)}`);
  } catch {
    talk.needs(false, `what is said to be ${encoding ?? ''} cannot be unpacked`);
  }
  talk.needs(bodyOf(small).length < bodyOf(plain).length, `compressed it is no smaller: ${formatBytes(bodyOf(small).length)} of ${formatBytes(bodyOf(plain).length)}`);
  return talk.found(`${encoding ?? ''}: ${formatBytes(bodyOf(small).length)} in place of ${formatBytes(bodyOf(plain).length)}`);
};

const pagination: Check<'pagination'> = async ({ path, limit, offset, items, most }, talk) => {
  const page = async (size: number, from: number): Promise<unknown[] | null> => {
    const reply = await talk.send({ path: `${path}${path.includes('?') ? '&' : '?'}${limit}=${size}&${offset}=${from}` });
    const document = jsonOf(reply);
    const list = document === undefined ? undefined : atPointer(document, items);
    return statusOf(reply) === 200 && Array.isArray(list) ? list : null;
  };
  const [first, second] = [await page(1, 0), await page(1, 1)];
  talk.needs(first !== null && second !== null, `a page of 1 has no list at ${items}`);
  if (first === null || second === null) return talk.found('');
  talk.needs(first.length <= 1 && second.length <= 1, `a page of 1 has ${Math.max(first.length, second.length)} entries`);
  talk.needs(first.length === 1, 'there is nothing to list: the check needs at least two entries');
  talk.needs(first.length === 0 || JSON.stringify(first) !== JSON.stringify(second), 'the second page is the first again');
  const endless = await page(1_000_000, 0);
  talk.needs(endless === null || endless.length <= most, `a page of 1,000,000 is given with ${endless?.length ?? 0} entries, more than ${most}`);
  return talk.found(`pages of 1 differ; a page of 1,000,000 is ${endless === null ? 'refused' : `cut to ${endless.length}`}`);
};

const PROBES = 20;

const health: Check<'health'> = async ({ probes, limit }, talk) => {
  const medians: string[] = [];
  for (const { path, expect } of probes) {
    const first = await talk.send({ path }, { expect });
    talk.needs(first.wrong === null, `${path}: ${first.wrong ?? ''}`);
    const lengths: number[] = [];
    for (let probe = 0; probe < PROBES; probe += 1) lengths.push((await talk.send({ path }, { quiet: true })).exchange.durationMs);
    const median = lengths.sort((a, b) => a - b)[PROBES / 2] ?? 0;
    medians.push(`${path} ${formatMs(median)}`);
    talk.needs(median <= limit, `${path} takes ${formatMs(median)} (median of ${PROBES}), the limit is ${formatMs(limit)}`);
  }
  return talk.found(`as expected, median of ${PROBES}: ${medians.join(', ')}`);
};

const idempotency: Check<'idempotency'> = async ({ request, expect, header: name, id: pointer, delete: remove }, talk) => {
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

const shutdown: Check<'shutdown'> = async ({ pid: text, request, inFlight, within }, talk) => {
  const pid = Number(text);
  const there = processEntry(pid);
  if (there === null) return { wrong: [`no process ${pid} runs on this machine`], right: '', evidence: [] };
  const running = Array.from({ length: inFlight }, () => talk.send(request));
  // Long enough for them to be under way; their own length is theirs.
  await sleep(200);
  const stoppedAt = performance.now();
  try {
    process.kill(pid, 'SIGTERM');
  } catch (error) {
    return { wrong: [`process ${pid} cannot be told to stop: ${String(error)}`], right: '', evidence: [] };
  }
  const replies = await Promise.all(running);
  const broken = replies.filter((each) => statusOf(each) === 0 || statusOf(each) >= 500);
  talk.needs(broken.length === 0, `${broken.length} of ${inFlight} requests under way were not answered: ${broken[0] === undefined ? '' : outcomeOf(broken[0])}`);
  const alive = (): boolean => processEntry(pid)?.start === there.start;
  while (alive() && performance.now() - stoppedAt < within) await sleep(50);
  const tookMs = performance.now() - stoppedAt;
  talk.needs(!alive(), `${formatMs(within)} after SIGTERM the process is still there`);
  const late = await talk.send(request);
  talk.needs(statusOf(late) === 0 || statusOf(late) === 503, `after SIGTERM a new request is answered ${outcomeOf(late)}`);
  return talk.found(`${inFlight} requests under way answered, gone after ${formatMs(tookMs)}, new ones refused`);
};

/** The checks that a scenario asks for, in an order in which none disturbs the next. */
export function checksOf(spec: CheckSpec): { name: CheckName; run: (talk: Talk) => Promise<Found> }[] {
  return [
    ...entry('securityHeaders', spec.securityHeaders, securityHeaders),
    ...entry('cors', spec.cors, cors),
    ...entry('health', spec.health, health),
    ...entry('auth', spec.auth, auth),
    ...entry('compression', spec.compression, compression),
    ...entry('pagination', spec.pagination, pagination),
    ...entry('idempotency', spec.idempotency, idempotency),
    ...entry('bodyLimit', spec.bodyLimit, bodyLimit),
    ...entry('rateLimit', spec.rateLimit, rateLimit),
    ...entry('shutdown', spec.shutdown, shutdown),
  ];
}

function entry<Name extends CheckName>(name: Name, own: Spec<Name> | undefined, check: Check<Name>): { name: CheckName; run: (talk: Talk) => Promise<Found> }[] {
  return own === undefined ? [] : [{ name, run: (talk) => check(own, talk) }];
}
