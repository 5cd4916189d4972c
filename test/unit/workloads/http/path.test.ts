import { expect, it } from 'vitest';
import { path } from '../../../../src/workloads/http/schema/request.ts';
import { Client } from '../../../../src/workloads/dialogue/client.ts';

it('a path stands as it is sent', () => {
  for (const good of ['/', '/a%20b?q="x"&e=ä', '/videos/${id}', '/v?t=\0<TOKEN>', '/price/\0{id}']) expect(path.safeParse(good).success, good).toBe(true);
  for (const bad of ['videos', '/a b', '/a\tb', '/a\nb', '/€', '/a\u007f']) expect(path.safeParse(bad).success, bad).toBe(false);
});

it('one that only became unsendable by its values is a failed request, at once', async () => {
  const client = new Client({ baseUrl: 'http://127.0.0.1:9', label: '', headers: {}, addresses: [{ address: '127.0.0.1', family: 4 }] }, { insecureTls: false, connections: 1 });
  expect(await client.send({ method: 'GET', path: '/a b' }, { timeoutMs: 60_000 })).toMatchObject({ type: 'failed', kind: 'other', reason: 'the path holds a space or another character that must be percent-encoded' });
  await client.close();
});
