import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BenchError } from '../../../src/errors.ts';
import type { Address } from '../../../src/addresses.ts';
import { parseAgainst } from '../../../src/pipeline/against.ts';
import { baseUrlGiven } from '../../../src/pipeline/base-url-given.ts';
import { baseUrl } from '../../../src/scenario/values.ts';
import { isThisMachine } from '../../../src/base-url.ts';
import { resolveTarget, type ResolveOptions } from '../../../src/target/resolve.ts';
import { isSameTarget, pinnedLookup, type Target } from '../../../src/target/target.ts';

const v4 = (address: string): Address => ({ address, family: 4 });
const v6 = (address: string): Address => ({ address, family: 6 });

const names: Record<string, Address[]> = {
  localhost: [v6('::1'), v4('127.0.0.1')],
  'localhost.example.com': [v4('93.184.216.34')],
  'api.example.com': [v4('93.184.216.34'), v6('2606:2800:220:1::1')],
  'rebound.example.com': [v4('127.0.0.1'), v4('93.184.216.34')],
  'local.example.com': [v4('127.0.0.2')],
};
const options = (rules: Partial<ResolveOptions> = {}): ResolveOptions => ({
  allowTargets: [],
  confirmTarget: undefined,
  launch: () => Promise.reject(new Error('not launched here')),
  resolveName: (host) => (names[host] === undefined ? Promise.reject(new Error('ENOTFOUND')) : Promise.resolve(names[host])),
  ...rules,
});
const resolve = (text: string, rules: Partial<ResolveOptions> = {}): ReturnType<typeof resolveTarget> => resolveTarget({ baseUrl: baseUrl.parse(text), headers: {} }, options(rules));
async function refusal(promise: Promise<unknown>): Promise<string> {
  const thrown: unknown = await promise.then(() => 'was let through', (error: unknown) => error);
  return thrown instanceof BenchError ? `${thrown.exitCode}: ${thrown.message}\n${thrown.hint ?? ''}` : String(thrown);
}

describe('target guard', () => {
  it.each(['http://127.0.0.1:8080', 'http://127.9.9.9', 'http://[::1]:80', 'http://2130706433:8080', 'http://[::ffff:127.0.0.1]:80', 'http://LOCALHOST:80', 'http://local.example.com'])(
    'lets %s through: it is this machine',
    async (url) => {
      expect((await resolve(url)).service).toBeNull();
    },
  );

  it.each(['http://api.example.com', 'http://localhost.example.com', 'http://rebound.example.com', 'http://0.0.0.0', 'http://192.168.1.5', 'http://[2001:db8::1]', 'http://[::ffff:8.8.8.8]'])(
    'stops %s',
    async (url) => {
      expect(await refusal(resolve(url))).toMatch(/^2: /);
    },
  );

  it('needs both the permission in writing and the confirmation', async () => {
    const url = 'https://api.example.com/v1/';
    expect(await refusal(resolve(url))).toMatchInlineSnapshot(`
      "2: load on api.example.com (93.184.216.34, 2606:2800:220:1::1) is neither allowed nor confirmed: it is not this machine
      If it is yours to load: write \`allowTargets: [api.example.com]\` into bench.config.yaml, and run with --confirm-target api.example.com (or BENCH_CONFIRM_TARGET=api.example.com)."
    `);
    expect(await refusal(resolve(url, { allowTargets: ['api.example.com'] }))).toMatchInlineSnapshot(`
      "2: load on api.example.com (93.184.216.34, 2606:2800:220:1::1) is not confirmed for this run: it is not this machine
      If it is yours to load: run with --confirm-target api.example.com (or BENCH_CONFIRM_TARGET=api.example.com)."
    `);
    expect(await refusal(resolve(url, { confirmTarget: 'api.example.com' }))).toMatchInlineSnapshot(`
      "2: load on api.example.com (93.184.216.34, 2606:2800:220:1::1) is not in allowTargets: it is not this machine
      If it is yours to load: write \`allowTargets: [api.example.com]\` into bench.config.yaml."
    `);
    expect(await refusal(resolve(url, { allowTargets: ['api.example.com'], confirmTarget: 'www.example.com' }))).toMatch(/^2: /);
    expect(await refusal(resolve(url, { allowTargets: ['api.example.com:8443'], confirmTarget: 'api.example.com' }))).toMatch(/^2: /);
    const target = await resolve(url, { allowTargets: ['API.example.com:443'], confirmTarget: 'x, api.example.com' });
    expect(target).toMatchObject({ baseUrl: 'https://api.example.com/v1', label: 'https://api.example.com/v1', addresses: names['api.example.com'] });
  });

  it('lets nothing through that is neither loopback nor written down', async () => {
    await fc.assert(
      fc.asyncProperty(fc.ipV4(), async (address) => {
        const outcome = await refusal(resolve(`http://${address}`));
        expect(outcome === 'was let through').toBe(address.startsWith('127.'));
      }),
    );
  });

  it('says when a name leads nowhere', async () => {
    expect(await refusal(resolve('http://nowhere.example.com'))).toMatchInlineSnapshot(`
      "5: host name nowhere.example.com does not resolve (ENOTFOUND): is it spelled right?
      Check target.baseUrl, the network and the name server."
    `);
  });

  it('starts the embedded service and stops it', async () => {
    let stopped = 0;
    const service = { baseUrl: 'http://127.0.0.1:4321', pid: 1, version: '1', exited: new Promise<void>(() => undefined), stop: () => Promise.resolve(void (stopped += 1)) };
    const target = await resolve('embedded', { launch: () => Promise.resolve(service) });
    expect(target).toMatchObject({ baseUrl: 'http://127.0.0.1:4321', label: 'embedded', addresses: [v4('127.0.0.1')], service });
    await target.close();
    expect(stopped).toBe(1);
  });
});

describe('a base URL', () => {
  it.each(['embeded', 'ftp://127.0.0.1', 'http://', 'http://127.0.0.1?x=1', 'http://127.0.0.1/#x', '//127.0.0.1'])('is not %s', (text) => {
    expect(baseUrl.safeParse(text).success).toBe(false);
    expect(() => baseUrlGiven('--target', text)).toThrow(BenchError);
  });
  const refusalOf = (call: () => unknown): BenchError => {
    try {
      call();
    } catch (error) {
      if (error instanceof BenchError) return error;
    }
    throw new Error('it was taken');
  };
  it.each(['http://user:hunter2@127.0.0.1/', 'HTTP://user:hunter2@127.0.0.1:1', 'http://user:hunter2@127.0.0.1:1:x', 'https://user:hun ter2@/x', 'https://user:p/hunter2@host', 'http://user:a@hunter2@host:x', 'ftp://user:hunter2@host', 'user:hunter2@host:80'])(
    'on the command line holds no credentials, and they are never repeated: %s',
    (text) => {
      for (const refusal of [refusalOf(() => parseAgainst(text)), refusalOf(() => baseUrlGiven('--target', text))]) {
        expect(refusal.exitCode).toBe(2);
        expect(`${refusal.message} ${refusal.hint ?? ''}`).not.toMatch(/hunter2|ter2/);
      }
    },
  );
  it('with credentials in --against is told of a header, and of nothing that --against does not take', () => {
    const refusal = refusalOf(() => parseAgainst('HTTP://user:pw@127.0.0.1:1'));
    expect(refusal.message).toMatch(/--against must not hold credentials/);
    expect(refusal.hint).toBe('for example --against http://127.0.0.1:8080');
    expect(refusalOf(() => baseUrlGiven('--target', 'x')).hint).toContain('--target embedded');
  });
  it.each(['embedded', 'embedded-proxied', 'http://localhost:1/v1', 'http://127.8.8.8', 'http://[::1]:80', 'http://[::ffff:127.0.0.1]', null])('%s is this machine', (text) => {
    expect(isThisMachine(text)).toBe(true);
  });
  it.each(['http://localhost.example.com', 'http://0.0.0.0', 'http://10.0.0.1', 'http://«secret»:80', 'embeded'])('%s is not this machine by what is written', (text) => {
    expect(isThisMachine(text)).toBe(false);
  });
});

const target: Target = { baseUrl: 'http://api.example.com:8080/v1', label: '', headers: {}, addresses: [v6('::1'), v4('127.0.0.2')] };

describe('isSameTarget', () => {
  it('follows redirects on the host alone', () => {
    expect(['/login', 'https://API.example.com/x', 'http://api.example.com.:81', '?a=1'].map((url) => isSameTarget(target, url))).toEqual([true, true, true, true]);
    expect(['http://example.com', '//evil.example', 'file:///etc/passwd', 'http://api.example.com@evil.example/', 'http://['].map((url) => isSameTarget(target, url))).toEqual(Array(5).fill(false));
  });
});

describe('pinnedLookup', () => {
  const ask = (lookupOptions: Parameters<ReturnType<typeof pinnedLookup>>[1]): Promise<unknown[]> =>
    new Promise((done) => pinnedLookup(target)('api.example.com', lookupOptions, (...answer) => done(answer)));
  it('gives the addresses that were let through, in both forms', async () => {
    expect(await ask({ all: true })).toEqual([null, target.addresses]);
    expect(await ask({})).toEqual([null, '::1', 6]);
    expect(await ask({ family: 4 })).toEqual([null, '127.0.0.2', 4]);
  });
});
