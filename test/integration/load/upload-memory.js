// Sends one multipart upload in a process of its own and tells how much memory that took: `node upload-memory.js <origin> <file>`.
import { statSync } from 'node:fs';
import { runOpenLoop } from '../../../dist/load/open-loop.js';
import { plainGet, single } from '../../../dist/load/plan.js';

const [origin, path] = process.argv.slice(2);
const parts = [{ name: 'clip', filename: 'clip.mp4', contentType: 'video/mp4', content: { type: 'file', path, bytes: statSync(path).size } }];
const upload = (own) => ({ ...plainGet('/'), method: 'POST', headers: { 'content-type': 'multipart/form-data; boundary=b' }, body: { type: 'multipart', boundary: 'b', parts: own } });
const plan = {
  model: 'open', target: { origin, addresses: [{ address: '127.0.0.1', family: 4 }], insecureTls: false },
  data: null, cookies: null, connection: 'keep-alive', ratePerSecond: 10, stages: [], arrivals: 'constant', maxInFlight: 10,
  workers: 1, share: { index: 0, of: 1 }, warmupMs: 0, durationMs: 100, timeoutMs: 60_000, seed: 1,
};
// What is loaded and compiled for the first upload is no part of the second one's cost.
await runOpenLoop({ ...plan, flows: [single(upload([{ ...parts[0], content: { type: 'value', text: 'x' } }]))] });
const before = process.memoryUsage.rss();
let peak = before;
const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 5);
const { requests } = await runOpenLoop({ ...plan, flows: [single(upload(parts))] });
clearInterval(watch);
process.send({ before, peak, completed: requests[0].completed }, () => process.disconnect());
