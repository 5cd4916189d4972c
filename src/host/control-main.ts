import { readFileSync } from 'node:fs';
import { Agent, createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parentPort } from 'node:worker_threads';
import type { ControlMeasurement } from './control.ts';
import { slice } from './control-kernel.ts';

/** The control's thread: a fixed piece of work and a server that answers nothing, measured when asked. */
const port = parentPort;
if (port === null) throw new Error('this file runs as a worker thread');

const SLICES = 6;
const REQUESTS = 150;

const server = createServer((_request, response) => response.end());
// Rounds lie further apart than the five seconds after which Node closes an idle connection, maybe just as the next request is sent.
server.keepAliveTimeout = 0;
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port: listening } = server.address() as AddressInfo;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

function request(): Promise<void> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port: listening, agent }, (response) => response.resume().once('end', resolve)).once('error', reject);
  });
}

async function timed(work: () => unknown): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

/** Nanoseconds this thread has run, and has waited for a processor though it could have run (Linux, Documentation/scheduler/sched-stats). */
function scheduled(): { ran: number; waited: number } | null {
  try {
    const [ran = Number.NaN, waited = Number.NaN] = readFileSync('/proc/thread-self/schedstat', 'latin1').split(' ').map(Number);
    return Number.isFinite(ran + waited) ? { ran, waited } : null;
  } catch {
    return null;
  }
}

async function measure(): Promise<ControlMeasurement> {
  const before = scheduled();
  const kernel: number[] = [];
  for (let each = 0; each < SLICES; each += 1) kernel.push(await timed(slice));
  const after = scheduled();
  const loopback: number[] = [];
  for (let each = 0; each < REQUESTS; each += 1) loopback.push(await timed(request));
  const [ran, waited] = before === null || after === null ? [0, 0] : [after.ran - before.ran, after.waited - before.waited];
  // The fastest slice is the machine's speed; how much it was disturbed is what the scheduler says.
  return { kernelMs: Math.min(...kernel), loopbackMs: loopback.sort((a, b) => a - b)[Math.floor(REQUESTS / 2)] ?? 0, waitShare: ran + waited === 0 ? null : waited / (ran + waited) };
}

// Compiled and connected before the first measurement that counts.
slice();
for (let each = 0; each < REQUESTS; each += 1) await request();

port.on('message', () => {
  void measure().then((measured) => port.postMessage(measured));
});
port.postMessage('ready');
