/** A simulated service behind HTTP, as a process of its own: `node --import scripts/ts.js server-main.ts '<spec as JSON>'` prints its port. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { seededRandom } from '../../../src/random.ts';
import { modelOf, type ModelSpec } from './models.ts';
import { SharedService } from './shared.ts';

const spec = JSON.parse(process.argv[2] ?? '') as ModelSpec;

/** Timers of Node are a millisecond wide: the last two before an answer is due are spent looking at the clock. */
const CLOSE_MS = 2;
const due: { atMs: number; run: () => void }[] = [];
let waiting = false;

function at(atMs: number, run: () => void): void {
  const place = due.findLastIndex((each) => each.atMs <= atMs);
  due.splice(place + 1, 0, { atMs, run });
  wait();
}

function wait(): void {
  const [first] = due;
  if (waiting || first === undefined) return;
  waiting = true;
  const leftMs = first.atMs - performance.now();
  const next = (): void => {
    waiting = false;
    const nowMs = performance.now();
    while ((due[0]?.atMs ?? Infinity) <= nowMs) due.shift()?.run();
    wait();
  };
  if (leftMs > CLOSE_MS) setTimeout(next, leftMs - CLOSE_MS);
  else setImmediate(next);
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
