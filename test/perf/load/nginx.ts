import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';

const START_LIMIT_MS = 5_000;

export interface Server {
  origin: string;
  stop(): Promise<void>;
}

/** A server that does next to nothing: one nginx process on each of the cores, on one port, that answers every request with two bytes. */
export async function startNginx(...cores: readonly number[]): Promise<Server> {
  const port = await freePort();
  const processes = await Promise.all(cores.map((core) => startProcess(core, port)));
  return { origin: `http://127.0.0.1:${port}`, stop: async () => void (await Promise.all(processes.map((stop) => stop()))) };
}

/** Up when nginx has opened its port, which is after it wrote its process id. */
async function startProcess(core: number, port: number): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'readybench-nginx-'));
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join(' ');
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; master_process off; pid ${folder}/pid; error_log stderr crit;
     events { worker_connections 4096; }
     http { access_log off; keepalive_requests 1000000000; ${paths}
       server { listen 127.0.0.1:${port} backlog=4096 reuseport; location / { return 200 "ok"; } } }`,
  );
  const child = spawn('taskset', ['-c', String(core), 'nginx', '-p', folder, '-e', 'stderr', '-c', join(folder, 'nginx.conf')], { stdio: ['ignore', 'ignore', 'inherit'] });
  const gone = once(child, 'exit');
  const stop = async (): Promise<void> => {
    child.kill();
    await gone;
    rmSync(folder, { recursive: true, force: true });
  };
  for (const begun = performance.now(); !(existsSync(join(folder, 'pid')) && (await listens(port))); await after(20)) {
    if (performance.now() - begun < START_LIMIT_MS && child.exitCode === null) continue;
    await stop();
    throw new Error('nginx did not start');
  }
  return stop;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
