import { BenchError, EXIT } from '../../../errors.ts';
import { hostOf, isLoopback, literal } from '../../../addresses.ts';
import type { Target } from '../../../target/target.ts';
import { formatMs } from '../../../units.ts';
import { bodyOf, outcomeOf, statusOf, type Check } from '../talk.ts';

/** Asked in turns through the front and straight: what lies between the two medians is the front's. */
export const proxy: Check<'proxy'> = async ({ path, backend, limit, requests }, talk) => {
  const target = backEnd(talk.asking.target, backend);
  const straight = talk.at(target);
  try {
    const [front, back]: [number[], number[]] = [[], []];
    for (let request = 0; request < requests; request += 1) {
      const quiet = request > 0;
      const [one, other] = [await talk.send({ path }, { quiet }), await straight.send({ path }, { quiet })];
      const same = statusOf(one) === statusOf(other) && statusOf(one) > 0;
      talk.needs(same || talk.wrong.length > 0, `${path} is answered ${outcomeOf(one)} through the front and ${outcomeOf(other)} straight`);
      talk.needs(!same || quiet || bodyOf(one).equals(bodyOf(other)), `${path} is answered otherwise through the front than straight`);
      front.push(one.exchange.durationMs);
      back.push(other.exchange.durationMs);
    }
    const [through, bare] = [median(front), median(back)];
    const seen = `${formatMs(through)} through the front, ${formatMs(bare)} straight (medians of ${requests})`;
    talk.needs(through - bare <= limit, `the front adds ${formatMs(through - bare)}, the limit is ${formatMs(limit)}: ${seen}`);
    return talk.found(`the front adds ${formatMs(Math.max(0, through - bare))}: ${seen}`);
  } finally {
    await straight.close();
  }
};

/** The back end as a target, let through only on this machine and on the host that the guard let through. Throws a BenchError (2). */
export function backEnd(target: Target, backend: string): Target {
  if (backend === 'embedded') {
    if (target.backendUrl === undefined) throw new BenchError(EXIT.usage, 'proxy.backend is embedded, and the target has no back end of its own', { hint: 'Write the URL of your back end, or use target.baseUrl: embedded-proxied.' });
    return { ...target, baseUrl: target.backendUrl, label: target.backendUrl };
  }
  const url = new URL(backend);
  const baseUrl = url.href.replace(/\/+$/, '');
  const host = hostOf(url);
  if (host === hostOf(new URL(target.baseUrl))) return { ...target, baseUrl, label: baseUrl };
  const address = host === 'localhost' ? literal('127.0.0.1') : literal(host);
  if (address !== null && isLoopback(address)) return { ...target, baseUrl, label: baseUrl, addresses: [address] };
  throw new BenchError(EXIT.usage, `proxy.backend is on ${host}: neither this machine nor the host of the target`, { hint: 'Run it where both can be reached under one host, or on the machine of the back end.' });
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
