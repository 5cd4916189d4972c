import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** What a truth server does; see truth-server.js. Times in ms; `every: n` means each n-th request. */
export type Behaviour = { tls?: boolean } & (
  | { kind: 'fixed'; ms: number; status?: number; body?: string }
  | { kind: 'stalling'; ms: number; periodMs: number; frozenMs: number }
  | { kind: 'lognormal'; medianMs: number; sigma: number; size: number; seed: number }
  | { kind: 'bimodal'; ms: number; slowMs: number; every: number }
  | { kind: 'closing'; ms: number; every: number; announced: boolean }
  | { kind: 'dropping' | 'resetting' | 'hanging' | 'failing'; ms: number; every: number }
  | { kind: 'slowBody'; ms: number; chunks: number }
);

export interface TruthServer {
  origin: string;
  port: number;
  /** When each request arrived, on the server's clock, how late each of its own actions came, and how long each answer really took, in the order of the requests (null where there was none); in ms. */
  log(): Promise<{ seen: number[]; late: number[]; took: (number | null)[] }>;
  stop(): Promise<void>;
}

/** Over a bare socket: the certificate of this server does not verify. */
async function readFrom(port: number, tls: boolean): Promise<string> {
  const socket = tls ? connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false }) : connect(port, '127.0.0.1');
  socket.end('GET /_seen HTTP/1.1\r\n\r\n');
  let text = '';
  for await (const chunk of socket.setEncoding('utf8')) text += String(chunk);
  return text;
}

/** Starts a server of known truth in a process of its own, so that it and the generator do not share an event loop; on one core where that is given. */
export async function startTruthServer(behaviour: Behaviour, core?: number): Promise<TruthServer> {
  const [command = '', ...args] = [...(core === undefined ? [] : ['taskset', '-c', String(core)]), process.execPath, fileURLToPath(new URL('truth-server.js', import.meta.url)), JSON.stringify(behaviour)];
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const port = Number(line);
  const origin = `${behaviour.tls === true ? 'https' : 'http'}://127.0.0.1:${port}`;
  return {
    origin,
    port,
    async log() {
      const lines = await readFrom(port, behaviour.tls === true);
      return JSON.parse(lines.slice(lines.indexOf('\r\n\r\n') + 4)) as { seen: number[]; late: number[]; took: (number | null)[] };
    },
    async stop() {
      const gone = once(child, 'exit');
      if (child.kill()) await gone;
    },
  };
}
