// A server whose latencies are known exactly: `node truth-server.js '{"kind":"fixed","ms":20}'` prints its port.
// GET /_seen yields, in ms, when each request arrived, how late each of its own actions came, and how long each answer really took. It speaks just enough HTTP/1.1 for requests without a body.
import { createServer } from 'node:net';
import { readFileSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:tls';
import { lognormalCycle } from './truth.js';

const options = JSON.parse(process.argv[2] ?? '{"kind":"fixed","ms":0}');
const seen = [];
const late = [];
const took = [];
const startedMs = performance.now();

/** Calls back at a time that timers, with their grain of 1 ms, cannot hit: sleeps short of it, then polls. */
const waiting = [];
let cancel = () => undefined;
function at(dueMs, callback) {
  let index = waiting.length;
  while (index > 0 && waiting[index - 1].dueMs > dueMs) index -= 1;
  waiting.splice(index, 0, { dueMs, callback });
  if (index === 0) schedule();
}
function schedule() {
  cancel();
  const [next] = waiting;
  if (next === undefined) return;
  const gapMs = next.dueMs - performance.now();
  if (gapMs > 2.5) {
    const timer = setTimeout(turn, Math.floor(gapMs - 1.2));
    cancel = () => clearTimeout(timer);
  } else {
    const immediate = setImmediate(turn);
    cancel = () => clearImmediate(immediate);
  }
}
function turn() {
  while (waiting.length > 0 && waiting[0].dueMs <= performance.now()) {
    const { dueMs, callback } = waiting.shift();
    late.push(performance.now() - dueMs);
    callback();
  }
  schedule();
}

/** Of an answer whose last byte is written now. */
function done(socket) {
  if (socket.arrivedMs !== undefined) took[socket.nth] = performance.now() - socket.arrivedMs;
}

function answer(socket, { status = 200, body = 'ok', close = false }) {
  const head = `HTTP/1.1 ${status} X\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: ${close ? 'close' : 'keep-alive'}\r\n`;
  const location = status >= 300 && status < 400 ? 'Location: http://other.example/\r\n' : '';
  if (socket.destroyed) return;
  done(socket);
  socket.write(`${head}${location}\r\n${body}`);
}

let count = 0;
const cycle = options.kind === 'lognormal' ? lognormalCycle(options) : [];

/** One behaviour each; `now` is when the request arrived, `nth` counts requests from 0 over all connections. */
const behaviours = {
  fixed: (socket, now) => at(now + options.ms, () => answer(socket, options)),
  lognormal: (socket, now, nth) => at(now + cycle[nth % cycle.length], () => answer(socket, {})),
  bimodal: (socket, now, nth) => at(now + (nth % options.every === 0 ? options.slowMs : options.ms), () => answer(socket, {})),
  /** Nothing is taken up while it is frozen: for `frozenMs` at the start of every `periodMs`. */
  stalling(socket, now) {
    const phaseMs = (now - startedMs) % options.periodMs;
    const begunMs = phaseMs < options.frozenMs ? now - phaseMs + options.frozenMs : now;
    at(begunMs + options.ms, () => answer(socket, {}));
  },
  closing(socket, now, nth) {
    socket.served = (socket.served ?? 0) + 1;
    const last = socket.served % options.every === 0;
    at(now + options.ms, () => {
      answer(socket, { close: last && options.announced });
      if (last) socket.end();
    });
  },
  dropping: (socket, now, nth) => at(now + options.ms, () => (nth % options.every === 0 ? socket.end() : answer(socket, {}))),
  resetting: (socket, now, nth) => at(now + options.ms, () => (nth % options.every === 0 ? socket.resetAndDestroy() : answer(socket, {}))),
  hanging: (socket, now, nth) => nth % options.every === 0 || at(now + options.ms, () => answer(socket, {})),
  failing: (socket, now, nth) => (nth % options.every === 0 ? answer(socket, { status: 503, body: 'overloaded' }) : at(now + options.ms, () => answer(socket, {}))),
  slowBody(socket, now) {
    const { ms, chunks } = options;
    socket.write(`HTTP/1.1 200 X\r\nContent-Length: ${chunks * 1_000}\r\n\r\n`);
    for (let chunk = 1; chunk <= chunks; chunk += 1) at(now + (ms * chunk) / chunks, () => {
      if (socket.destroyed) return;
      if (chunk === chunks) done(socket);
      socket.write('x'.repeat(1_000));
    });
  },
};

function serve(socket) {
  let text = '';
  socket.setNoDelay(true);
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => {
    const now = performance.now();
    text += chunk.toString('latin1');
    for (let end = text.indexOf('\r\n\r\n'); end !== -1; end = text.indexOf('\r\n\r\n')) {
      const path = text.split(' ', 2)[1];
      text = text.slice(end + 4);
      if (path === '/_seen') {
        answer(socket, { body: JSON.stringify({ seen, late, took }) });
        continue;
      }
      seen.push(now - startedMs);
      socket.arrivedMs = now;
      socket.nth = count;
      behaviours[options.kind](socket, now, count);
      count += 1;
    }
  });
}

const server = options.tls ? createTlsServer({ key: readFileSync(new URL('test-only-key.pem', import.meta.url)), cert: readFileSync(new URL('test-only-certificate.pem', import.meta.url)) }, serve) : createServer(serve);
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
