import type { FfmpegTool } from '../record/schema.ts';
import { BenchError, EXIT } from '../errors.ts';
import { carriedProgram } from './carried.ts';
import { type Environment, findExecutable, fromVariable, notExecutable } from './executables.ts';
import { findK6, type K6Tool } from './k6-tool.ts';
import { runProcess } from './processes.ts';

/** Finds the programs a run needs, once each, and remembers what it found. */
export interface ToolResolver {
  /** FFMPEG_PATH, then PATH, then the npm-carried build. Throws a BenchError (6) with how to get it. */
  ffmpeg(): Promise<FfmpegTool>;
  /** FFPROBE_PATH, then PATH, then the npm-carried build. */
  ffprobe(): Promise<{ path: string; version: string; source: 'FFPROBE_PATH' | 'PATH' | 'npm' }>;
  /** K6_PATH, then PATH. Throws a BenchError (6) with how to get it. */
  k6(): Promise<K6Tool>;
  /** What was resolved so far, for the record. */
  used(): { ffmpeg: FfmpegTool | null; k6: K6Tool | null };
}

export interface ResolverOptions {
  /** The npm-carried program; tests put their own in. */
  carried?: typeof carriedProgram;
}

type Source = 'variable' | 'PATH' | 'npm';
interface Found {
  path: string;
  version: string;
  configuration: string;
  source: Source;
}
type Answer = { works: true; version: string; configuration: string } | { works: false; reason: string };

const VERSION_LIMIT_MS = 10_000;

export function createToolResolver(env: Environment = process.env, options: ResolverOptions = {}): ToolResolver {
  const carried = options.carried ?? carriedProgram;
  let ffmpeg: Promise<FfmpegTool> | undefined;
  let ffprobe: ReturnType<ToolResolver['ffprobe']> | undefined;
  let k6: Promise<K6Tool> | undefined;
  let usedFfmpeg: FfmpegTool | null = null;
  let usedK6: K6Tool | null = null;

  return {
    ffmpeg: () =>
      (ffmpeg ??= resolveProgram('ffmpeg', 'FFMPEG_PATH', env, carried).then(({ source, ...tool }) => {
        usedFfmpeg = { ...tool, source: source === 'variable' ? 'FFMPEG_PATH' : source };
        return usedFfmpeg;
      })),
    ffprobe: () =>
      (ffprobe ??= resolveProgram('ffprobe', 'FFPROBE_PATH', env, carried).then(({ path, version, source }) => ({
        path,
        version,
        source: source === 'variable' ? 'FFPROBE_PATH' : source,
      }))),
    k6: () => (k6 ??= findK6(env).then((tool) => (usedK6 = tool))),
    used: () => ({ ffmpeg: usedFfmpeg, k6: usedK6 }),
  };
}

async function resolveProgram(name: 'ffmpeg' | 'ffprobe', variable: string, env: Environment, carried: typeof carriedProgram): Promise<Found> {
  const set = env[variable];
  if (set !== undefined && set !== '') {
    const path = fromVariable(set, env);
    const answer = await askVersion(path, name);
    if (answer.works) return { path, version: answer.version, configuration: answer.configuration, source: 'variable' };
    // Who names a program wants that one: another in its place would be measured under its name.
    throw new BenchError(EXIT.toolMissing, `${variable}=${set}: ${answer.reason}`, {
      hint: `Set ${variable} to a working ${name}, or unset it to use the one on PATH.`,
    });
  }

  const tried: string[] = [];
  const onPath = findExecutable(name, env);
  if (onPath === null) tried.push(`PATH has no ${name}`);
  else {
    const answer = await askVersion(onPath, name);
    if (answer.works) return { path: onPath, version: answer.version, configuration: answer.configuration, source: 'PATH' };
    tried.push(answer.reason);
  }

  const packaged = carried(name, env);
  if (!packaged.found) tried.push(packaged.reason);
  else {
    const answer = await askVersion(packaged.path, name);
    if (answer.works) return { path: packaged.path, version: answer.version, configuration: answer.configuration, source: 'npm' };
    tried.push(answer.reason);
  }
  throw new BenchError(EXIT.toolMissing, `no working ${name} found: ${tried.join('; ')}`, {
    hint: `Install it with \`apt install ffmpeg\` or \`brew install ffmpeg\`, run \`npm ci\` with optional packages, or set ${variable} to its path.`,
  });
}

/** Really runs `-version`: a file that is there may still be for another machine, or not what its name says. */
export async function askVersion(path: string, name: string): Promise<Answer> {
  const obstacle = notExecutable(path);
  if (obstacle !== null) return { works: false, reason: `${path} ${obstacle}` };
  const result = await runProcess(path, ['-version'], { timeoutMs: VERSION_LIMIT_MS });
  if (result.startError !== null) return { works: false, reason: `${path} cannot be started (${result.startError})` };
  if (result.timedOut) return { works: false, reason: `${path} -version did not end within ${VERSION_LIMIT_MS / 1_000} s` };
  const parsed = parseVersion(result.stdout, name);
  if (result.code === 0 && parsed !== null) return { works: true, ...parsed };
  if (result.code === 0) return { works: false, reason: `${path} is not ${name}: -version says ${JSON.stringify(firstLine(result.stdout))}` };
  const how = result.code === null ? `was ended by ${result.signal ?? 'a signal'}` : `exits with ${result.code}`;
  const said = firstLine(result.stderr);
  return { works: false, reason: `${path} -version ${how}${said === '' ? '' : `: ${said}`}` };
}

/** `ffmpeg version 5.1.6-0+deb12u1 Copyright …` and its `configuration:` line. */
export function parseVersion(text: string, name: string): { version: string; configuration: string } | null {
  const version = new RegExp(`^${name} version (\\S+)`).exec(text)?.[1];
  if (version === undefined) return null;
  return { version, configuration: /^\s*configuration: ?(.*)$/m.exec(text)?.[1]?.trim() ?? '' };
}

const firstLine = (text: string): string => (text.trim().split('\n')[0] ?? '').slice(0, 200);
