/** A simulated service behind HTTP, as a process of its own: `node --import scripts/ts.js server-main.ts '<spec as JSON>'` prints its port. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { seededRandom } from '../../../src/random.ts';
import { modelOf, type ModelSpec } from './models.ts';
import { SharedService } from './shared.ts';

const spec = JSON.parse(process.argv[2] ?? '') as ModelSpec;

/**
 * Timers of Node are a millisecond wide: the last two before an answer is due are spent looking at the clock and at the sockets, with
 * naps between that are too short to be late by, so that the service leaves the processor to the generator.
 */
const CLOSE_MS = 2;
const NAP_MS = 0.1;
const nap = new Int32Array(new SharedArrayBuffer(4));
const due: { atMs: number; run: () => void }[] = [];
/** What wakes this process for the first of them; null while nothing is due. */
let waking: { atMs: number; stop: () => void } | null = null;

function at(atMs: number, run: () => void): void {
  const place = due.findLastIndex((each) => each.atMs <= atMs);
  due.splice(place + 1, 0, { atMs, run });
  wait();
}

function wait(): void {
  const [first] = due;
  // One that is due earlier than all others is not kept waiting for their timer.
  if (first === undefined || (waking !== null && waking.atMs <= first.atMs)) return;
  waking?.stop();
  const leftMs = first.atMs - performance.now();
  if (leftMs > CLOSE_MS) {
    const timer = setTimeout(look, leftMs - CLOSE_MS);
    waking = { atMs: first.atMs, stop: () => clearTimeout(timer) };
    return;
  }
  if (leftMs > 2 * NAP_MS) Atomics.wait(nap, 0, 0, NAP_MS);
  const immediate = setImmediate(look);
  waking = { atMs: first.atMs, stop: () => clearImmediate(immediate) };
}

function look(): void {
  waking = null;
  const nowMs = performance.now();
  while ((due[0]?.atMs ?? Infinity) <= nowMs) due.shift()?.run();
  wait();
}

const server = createServer(spec.kind === 'shared' ? sharedHandler(spec) : settledHandler(spec));

function settledHandler(settled: Exclude<ModelSpec, { kind: 'shared' }>): Parameters<typeof createServer>[1] {
  const model = modelOf(settled, seededRandom(process.pid));
  return (_request, response) => {
    const nowMs = performance.now();
    const { delayMs, status } = model.arrive(nowMs);
    const answer = (): void => void response.writeHead(status, { 'content-length': 2 }).end('ok');
    if (delayMs === 0) answer();
    else at(nowMs + delayMs, answer);
  };
}

function sharedHandler(shared: Extract<ModelSpec, { kind: 'shared' }>): Parameters<typeof createServer>[1] {
  const service = new SharedService(shared);
  let latest = 0;
  const look = (): void => {
    const next = service.advance(performance.now());
    // A look that a later one has overtaken is not made.
    const mine = (latest += 1);
    if (next !== null) at(next, () => (mine === latest ? look() : undefined));
  };
  return (_request, response) => {
    service.enter(performance.now(), () => void response.writeHead(200, { 'content-length': 2 }).end('ok'));
    look();
  };
}

server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
