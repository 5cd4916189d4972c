import { createToolResolver } from '../../host/tools.ts';
import { launchProxied, launchService } from '../../service/launch.ts';
import { EXIT, type ExitCode } from '../../errors.ts';
import { onInterrupt } from '../interrupt.ts';
import { print } from '../deliver.ts';

/** Runs the embedded video service until Ctrl-C or SIGTERM. */
export async function service(flags: { port: number; concurrency: number; proxied: boolean }): Promise<ExitCode> {
  const interrupt = onInterrupt(() => process.stderr.write('stopping\n'));
  const stopped = new Promise<void>((resolve) => interrupt.signal.addEventListener('abort', () => resolve(), { once: true }));
  const tools = createToolResolver(process.env);
  const running = await (flags.proxied ? launchProxied : launchService)({ tools, port: flags.port, env: { READYBENCH_SERVICE_CONCURRENCY: String(flags.concurrency) }, signal: interrupt.signal });
  await print(process.stdout, `video service ${running.version} at ${running.baseUrl}  (ffmpeg: ${(await tools.ffmpeg()).path})\n`);
  if (running.backendUrl !== undefined) await print(process.stdout, `behind a front process; by itself it answers at ${running.backendUrl}\n`);
  process.stderr.write(`try: curl -X POST ${running.baseUrl}/videos -H 'content-type: application/json' -d '{"durationS":1}'; Ctrl-C ends it\n`);
  await Promise.race([stopped, running.exited]);
  await running.stop();
  interrupt.release();
  return interrupt.by() === null ? EXIT.internal : EXIT.pass;
}
