import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { project } from '../../support/bench.ts';
import { serve } from '../../support/http-server.ts';

const MAIN = fileURLToPath(new URL('../../../dist/bundle/cli/main.js', import.meta.url));

const scenario = (url: string): string => `name: api
rounds: 1
target: { baseUrl: "${url}" }
workloads:
  - name: health
    http:
      request: { path: /health }
      load: { model: open, rate: 100, duration: 300ms, warmup: 0ms }
`;

const api = async () => project({ 'api.yaml': scenario((await serve((_request, response) => response.end('ok'))).url) });

it.each(['stdout', 'stderr'] as const)('keeps its verdict when nobody reads %s any more', async (name) => {
  const { dir, record } = await api();
  const child = spawn(process.execPath, [MAIN, 'run', 'api.yaml', '--out', 'mine', '--no-control'], { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] });
  child[name].destroy();
  child.stdout.resume();
  child.stderr.resume();
  const [code] = (await once(child, 'exit')) as [number | null];
  expect(code).toBe(0);
  expect((await record('mine')).run.status).toBe('complete');
});
