import { BenchError, EXIT } from '../errors.ts';
import { fromVariable } from '../host/executables.ts';
import { askVersion, createToolResolver, type ToolResolver } from '../host/tools.ts';
import { resolveTarget } from '../target/resolve.ts';
import { startCommand } from '../target/start-command.ts';
import type { Target } from '../target/target.ts';
import type { BoundWorkload } from '../workloads/registry.ts';
import { parseAgainst } from './against.ts';
import { checkOut, commitOf } from './checkout.ts';
import type { ChosenScenario } from './choose.ts';
import type { PreflightNeeds } from './preflight.ts';

/** The other side of a paired run, ready to be measured. */
export interface Opponent {
  label: string;
  /** Which workloads differ between the two sides: only those are measured. */
  differs: (bound: BoundWorkload) => boolean;
  /** Where the other side's load goes, and where ours goes if this run starts both. */
  targets: (scenario: ChosenScenario) => Promise<{ other: Target; own: Target | null } | null>;
  tools: ToolResolver;
}

type Needs = Pick<PreflightNeeds, 'request' | 'config' | 'tools' | 'signal' | 'observe' | 'releases' | 'launch'>;

/** Starts or finds what `--against` names. Throws a BenchError (2, 5 or 6). */
export async function openOpponent(text: string, needs: Needs): Promise<Opponent> {
  const against = parseAgainst(text);
  switch (against.kind) {
    case 'url':
      return { label: against.url, differs: ({ needsTarget }) => needsTarget, targets: async (scenario) => ({ other: await guarded(against.url, scenario, needs), own: null }), tools: needs.tools };
    case 'ffmpeg':
      return otherFfmpeg(against.path, needs);
    case 'service':
      return otherService(against.what, needs);
  }
}

/** The guard holds for the other side as it does for the target. */
function guarded(baseUrl: string, scenario: ChosenScenario, { request, config, signal, launch }: Needs): Promise<Target> {
  return resolveTarget({ baseUrl, headers: scenario.target?.headers ?? {} }, { allowTargets: config.allowTargets, confirmTarget: request.confirmTarget, launch, signal });
}

async function otherFfmpeg(path: string, { request }: Needs): Promise<Opponent> {
  const tools = createToolResolver({ ...request.env, FFMPEG_PATH: path });
  const answer = await askVersion(fromVariable(path, request.env), 'ffmpeg');
  if (!answer.works) throw new BenchError(EXIT.toolMissing, `--against ffmpeg=${path}: ${answer.reason}`, { hint: 'Name an ffmpeg that works, for example --against ffmpeg=/opt/ffmpeg/bin/ffmpeg.' });
  const { version } = await tools.ffmpeg();
  return { label: `ffmpeg ${version} (${path})`, differs: ({ needsTarget }) => !needsTarget, targets: () => Promise.resolve(null), tools };
}

async function otherService(what: string, needs: Needs): Promise<Opponent> {
  const { request, config, signal, observe, releases } = needs;
  const start = async (command: string, cwd: string): Promise<string> => {
    observe({ type: 'stage', text: `starting ${command}` });
    const started = await startCommand({ command, cwd, readyPath: config.service?.ready ?? '/', signal });
    releases.add(() => started.stop());
    return started.baseUrl;
  };
  const commit = await commitOf(what, request.cwd);
  const differs = ({ needsTarget }: BoundWorkload): boolean => needsTarget;
  if (commit === null) {
    const baseUrl = await start(what, request.cwd);
    return { label: what, differs, targets: async (scenario) => ({ other: await guarded(baseUrl, scenario, needs), own: null }), tools: needs.tools };
  }
  if (config.service === undefined) {
    throw new BenchError(EXIT.usage, `--against service=${what} is a git ref, and nothing says how the service is started`, {
      hint: 'write into bench.config.yaml: service: { start: "node server.js --port {port}", prepare: [npm ci], ready: /health }',
    });
  }
  observe({ type: 'stage', text: `checking ${what} out` });
  const dir = await checkOut(commit, { cwd: request.cwd, prepare: config.service.prepare, signal, releases });
  // Both sides are started the same way: the ref from its checkout, ours from the working tree.
  const [theirs, ours] = [await start(config.service.start, dir), await start(config.service.start, request.cwd)];
  return {
    label: `${what} (${commit.slice(0, 12)})`,
    differs,
    targets: async (scenario) => ({ other: await guarded(theirs, scenario, needs), own: await guarded(ours, scenario, needs) }),
    tools: needs.tools,
  };
}
