import { describe, expect, it } from 'vitest';
import { runProcess, startProcess } from '../../../src/host/processes.ts';
import { processTable } from '../../../src/host/proc.ts';

const node = process.execPath;
const shell = (script: string): [string, string[]] => ['sh', ['-c', script]];

describe('runProcess', () => {
  it('gives the exit code and what was said', async () => {
    const result = await runProcess(...shell('echo out; echo err >&2; exit 3'));
    expect(result).toMatchObject({ code: 3, signal: null, startError: null, timedOut: false, stdout: 'out\n', stderr: 'err\n' });
    expect(result.wallMs).toBeGreaterThan(0);
  });

  it('reports what cannot be started as a result', async () => {
    expect(await runProcess('/nowhere/program', [])).toMatchObject({ code: null, signal: null, startError: 'ENOENT' });
    expect(await runProcess('/etc/passwd', [])).toMatchObject({ code: null, startError: 'EACCES' });
    expect(await runProcess('true', [], { cwd: '/nowhere' })).toMatchObject({ code: null, startError: 'ENOENT' });
  });

  it('starts nothing when it was aborted before', async () => {
    const started = startProcess('true', [], { signal: AbortSignal.abort() });
    expect(started.pid).toBeUndefined();
    expect(await started.exited).toMatchObject({ code: null, startError: 'ABORTED' });
  });

  it('ends it on time-out and on abort', async () => {
    expect(await runProcess('sleep', ['600'], { timeoutMs: 50 })).toMatchObject({ code: null, signal: 'SIGTERM', timedOut: true });
    const controller = new AbortController();
    const started = startProcess(...shell('echo ready; sleep 600'), { signal: controller.signal, onStdoutLine: () => controller.abort() });
    expect(await started.exited).toMatchObject({ signal: 'SIGTERM', timedOut: false });
  });

  it('kills what does not hear SIGTERM', async () => {
    let ready: () => void = () => undefined;
    const isReady = new Promise<void>((resolve) => (ready = resolve));
    const started = startProcess(...shell('trap "" TERM; echo ready; while :; do sleep 1; done'), { onStdoutLine: () => ready() });
    await isReady;
    expect(await started.stop(20)).toMatchObject({ code: null, signal: 'SIGKILL' });
    expect(await started.stop()).toMatchObject({ signal: 'SIGKILL' });
  });

  it('takes along what it left behind, which also held its output open', async () => {
    const started = startProcess(...shell('sleep 600 & echo done'));
    expect(await started.exited).toMatchObject({ code: 0, stdout: 'done\n' });
    expect(processTable().filter(({ group }) => group === started.pid)).toEqual([]);
  });

  it('hands on every line, whatever the bytes', async () => {
    const lines: string[] = [];
    const result = await runProcess('printf', ['one\\rtwo\\r\\n\\377three'], { onStdoutLine: (line) => lines.push(line) });
    expect(lines).toEqual(['one', 'two', '\uFFFDthree']);
    expect(result.stdout).toBe('one\rtwo\r\n\uFFFDthree');
  });

  it('keeps the end of a lot of output', async () => {
    const result = await runProcess(node, ['-e', 'process.stdout.write("x".repeat(3e6) + "end")']);
    expect(result.stdout).toHaveLength(64_000);
    expect(result.stdout.endsWith('xend')).toBe(true);
  });

  it('holds its input open when asked to, and closes it otherwise', async () => {
    expect(await runProcess('cat', [])).toMatchObject({ code: 0 });
    const held = startProcess('cat', [], { holdStdin: true, timeoutMs: 100 });
    expect(await held.exited).toMatchObject({ timedOut: true, signal: 'SIGTERM' });
  });
});
