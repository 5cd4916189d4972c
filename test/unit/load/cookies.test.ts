import { describe, expect, it } from 'vitest';
import { Jar } from '../../../src/load/cookies.ts';

const NOW = Date.UTC(2026, 0, 1);

function jar(...headers: string[]): Jar {
  const made = new Jar('http://shop.example:8080');
  for (const header of headers) made.set(header, '/account/login', NOW);
  return made;
}

describe('a jar', () => {
  it('sends a cookie back below the folder of the path that set it', () => {
    const own = jar('id=a=b; HttpOnly');
    expect(own.header('/account', NOW)).toBe('id=a=b');
    expect(own.header('/account/orders?x=/', NOW)).toBe('id=a=b');
    expect(own.header('/accounts', NOW)).toBeNull();
    expect(own.header('/', NOW)).toBeNull();
  });

  it('keeps to Path, replaces by name and path, sends longer paths first', () => {
    const own = jar('a=1; Path=/', 'a=2; Path=/', 'a=3; Path=/shop', 'b=4; Path=/; path=relative');
    expect(own.header('/shop/cart', NOW)).toBe('a=3; a=2; b=4');
    expect(own.header('/shopping', NOW)).toBe('a=2; b=4');
  });

  it('lets cookies expire: Max-Age before Expires, 0 removes', () => {
    const own = jar('a=1; Path=/; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT', 'b=2; Path=/; Expires=Thu, 01 Jan 2026 00:02:00 GMT', 'c=3; Path=/', 'd=4; Path=/; Max-Age=x');
    expect(own.header('/', NOW + 59_000)).toBe('a=1; b=2; c=3; d=4');
    expect(own.header('/', NOW + 61_000)).toBe('b=2; c=3; d=4');
    expect(own.header('/', NOW + 121_000)).toBe('c=3; d=4');
    own.set('c=; Path=/; Max-Age=0', '/', NOW);
    own.set('d=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT', '/', NOW);
    expect(own.header('/', NOW)).toBe('a=1; b=2');
  });

  it('ignores what is not for this host, secure cookies without TLS, and what is no cookie', () => {
    const own = jar('a=1; Domain=other.example', 'b=2; Domain=.example; Path=/', 'c=3; Domain=shop.example; Path=/', 'd=4; Secure; Path=/', 'nothing', '=5', '');
    expect(own.header('/', NOW)).toBe('b=2; c=3');
    const secure = new Jar('https://shop.example');
    secure.set('d=4; Secure; Path=/', '/', NOW);
    expect(secure.header('/', NOW)).toBe('d=4');
  });

  it('of an iteration begins with the cookies it is given and changes none of them', () => {
    const before = jar('a=1; Path=/');
    const own = new Jar('http://shop.example:8080', before.all);
    own.set('a=2; Path=/', '/', NOW);
    expect([before.header('/', NOW), own.header('/', NOW)]).toEqual(['a=1', 'a=2']);
  });
});
