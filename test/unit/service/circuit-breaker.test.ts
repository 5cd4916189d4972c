import { describe, expect, it } from 'vitest';
import { CircuitBreaker, OpenCircuit } from '../../../src/service/circuit-breaker.ts';
import { Dependency, withRetries } from '../../../src/service/dependency.ts';

describe('CircuitBreaker', () => {
  it('opens after so many failures, lets one through after a while, and closes when that goes well', async () => {
    let nowMs = 0;
    let broken = true;
    let calls = 0;
    const breaker = new CircuitBreaker({ failures: 3, openMs: 100, now: () => nowMs });
    const call = (): Promise<string> =>
      breaker
        .call(() => {
          calls += 1;
          return broken ? Promise.reject(new Error('down')) : Promise.resolve('up');
        })
        .catch((error: unknown) => (error instanceof OpenCircuit ? 'open' : 'failed'));
    expect([await call(), await call(), await call(), await call()]).toEqual(['failed', 'failed', 'failed', 'open']);
    nowMs = 100;
    // The one that is let through fails: open again, from now on.
    expect([await call(), await call()]).toEqual(['failed', 'open']);
    nowMs = 200;
    broken = false;
    const [probe, beside] = [call(), call()];
    expect([await probe, await beside, await call(), calls]).toEqual(['up', 'open', 'up', 6]);
  });

  it('counts failures in a row alone', async () => {
    const breaker = new CircuitBreaker({ failures: 2, openMs: 100 });
    const outcomes = [];
    for (const good of [false, true, false, true, false]) outcomes.push(await breaker.call(() => (good ? Promise.resolve('up') : Promise.reject(new Error('down')))).catch((error: unknown) => (error instanceof OpenCircuit ? 'open' : 'failed')));
    expect(outcomes).toEqual(['failed', 'up', 'failed', 'up', 'failed']);
  });
});

describe('withRetries', () => {
  it('does not show what fails now and then, and gives up on what is down', async () => {
    const dependency = new Dependency();
    dependency.mode = 'flaky';
    for (let call = 0; call < 9; call += 1) expect(await withRetries(() => dependency.translate('abc'))).toBe('cba');
    let tries = 0;
    await expect(withRetries(() => Promise.reject(new Error(`try ${(tries += 1)}`)))).rejects.toThrow('try 3');
  });
});
