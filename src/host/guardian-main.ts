import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, isAbsolute, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasVariable, pidNamespace, processEntry, processTable } from './proc.ts';

/**
 * The guardian: a process of its own that outlives its owner for as long as it takes to end what the owner left running.
 * It reads `+pid start` and `-pid` lines for process groups, `>"path"` and `<"path"` lines for temporary folders from its input;
 * the end of the input means that the owner is gone, for whatever reason. Both are also kept in a file, so that the next guardian
 * can do the work should this one be killed too.
 * Arguments: the variable that marks processes of the owner, the owner's token (pid-start-namespace), the folder for the files or ''.
 */
const GRACE_MS = 5_000;
const GIVE_UP_MS = 30_000;
const POLL_MS = 20;

type Groups = Map<number, string | null>;

const [variable = '', token = '', folder = ''] = process.argv.slice(2);
const file = folder === '' ? null : join(folder, `${token}.pids`);
const groups: Groups = new Map();
const folders = new Set<string>();

/** What is left of the groups, and what carries the owner's mark (it left its group, or was started in the owner's last moment). */
function survivors(of: Groups, owner: string): number[] {
  return processTable()
    .filter(({ pid, group, start }) => {
      if (pid === process.pid) return false;
      const known = of.get(group);
      const inGroup = known !== undefined && known !== null && (pid === group ? start === known : BigInt(start) >= BigInt(known));
      return inGroup || hasVariable(pid, variable, owner);
    })
    .map(({ pid }) => pid);
}

/** Only what `mkdtemp` made for us: whatever else a file names stays. */
function removeFolder(path: string): void {
  if (isAbsolute(path) && /^readybench-\w{6}$/.test(basename(path))) rmSync(path, { recursive: true, force: true, maxRetries: 3 });
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already: that is what was wanted.
  }
}

/** SIGTERM, SIGKILL after the grace period; true when nothing is left. */
async function endAll(of: Groups, owner: string): Promise<boolean> {
  const startedAt = performance.now();
  const asked = new Set<number>();
  if (process.platform !== 'linux') for (const pid of of.keys()) send(-pid, 'SIGKILL');
  for (;;) {
    const left = survivors(of, owner);
    if (left.length === 0) return true;
    const waitedMs = performance.now() - startedAt;
    if (waitedMs > GIVE_UP_MS) return false;
    for (const pid of left) {
      if (waitedMs > GRACE_MS) send(pid, 'SIGKILL');
      else if (!asked.has(pid)) send(pid, 'SIGTERM');
      asked.add(pid);
    }
    await sleep(POLL_MS);
  }
}

function writeFile(): void {
  if (file === null) return;
  try {
    const self = processEntry(process.pid);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const lines = [`${process.pid} ${self?.start ?? 'null'}`, ...[...groups].map(([pid, start]) => `${pid} ${start ?? 'null'}`), ...[...folders].map((path) => `>${JSON.stringify(path)}`)];
    writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 });
  } catch {
    // A full disk costs the second line of defence, never the first.
  }
}

const alive = (pid: number, start: string): boolean => processEntry(pid)?.start === start;

/** Ends what owners left behind whose guardian was killed with them. */
async function sweep(): Promise<void> {
  if (folder === '' || process.platform !== 'linux') return;
  const namespace = pidNamespace();
  for (const name of readdirSync(folder)) {
    const match = /^((\d+)-(\d+)-(\d+))\.pids$/.exec(name);
    if (match?.[1] === undefined || match[1] === token || match[4] !== namespace) continue;
    if (alive(Number(match[2]), match[3] ?? '')) continue;
    const path = join(folder, name);
    const text = readFileSync(path, 'utf8');
    const [guardian, ...left] = [...text.matchAll(/^(\d+) (\d+)$/gm)].map((line) => [Number(line[1]), line[2] ?? ''] as const);
    if (guardian !== undefined && alive(...guardian)) continue;
    if (!(await endAll(new Map(left), match[1]))) continue;
    for (const line of text.matchAll(/^>(".*")$/gm)) removeFolder(String(JSON.parse(line[1] ?? '""')));
    rmSync(path, { force: true });
  }
}

function read(line: string): void {
  const folderLine = /^([<>])(".*")$/.exec(line);
  if (folderLine !== null) {
    const path = String(JSON.parse(folderLine[2] ?? '""'));
    if (folderLine[1] === '>') folders.add(path);
    else folders.delete(path);
    return;
  }
  const match = /^([+-])(\d+)(?: (\d+))?$/.exec(line);
  if (match === null) return;
  if (match[1] === '+') groups.set(Number(match[2]), match[3] ?? null);
  else groups.delete(Number(match[2]));
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {
  // Ends with its owner and not before.
});

let rest = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', (chunk: string) => {
  const lines = (rest + chunk).split('\n');
  rest = lines.pop() ?? '';
  lines.forEach(read);
  writeFile();
});
process.stdin.on('error', () => process.stdin.destroy());
process.stdin.once('close', () => {
  void endAll(groups, token).then((done) => {
    if (!done) return;
    folders.forEach(removeFolder);
    if (file !== null) rmSync(file, { force: true });
  });
});
void sweep().catch(() => {
  // Another guardian swept at the same time.
});
