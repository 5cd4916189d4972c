import { isUtf8 } from 'node:buffer';
import { Composer, LineCounter, Parser, isAlias, isMap, isScalar, isSeq, visit, type Alias, type Document, type Node as YamlNode, type Range } from 'yaml';
import { resolve, asScalar, type Environment } from './interpolate.ts';
import type { Place } from './place.ts';
import { deeperThan, firstBadByte, syntaxMessage, telling } from './yaml-text.ts';
import { formatPath, type Path, type Problem } from './problem.ts';

/** Limits: no file a person writes comes near them, and within them reading is quick. */
export const LIMITS = { bytes: 256 * 1024, depth: 32, nodes: 10_000 } as const;

/** A YAML file as plain data, with the place of every part and every mistake found so far. */
export interface YamlFile {
  file: string;
  text: string;
  /** Maps are objects, with environment values put in and secrets still marked (see interpolate.ts); `undefined` where the file cannot be read. */
  plain: unknown;
  root: Place;
  problems: Problem[];
  /** Values of the secrets that were referred to, by name. */
  secrets: Map<string, string>;
  problem(offset: number, path: Path, message: string, severity?: Problem['severity']): Problem;
}

export interface ReadOptions {
  env: Environment;
  /** What a variable without a value and default is: an error where the file is to be run. */
  unset: 'error' | 'warning';
}

export const tooLong = (size: number): string => `is ${Math.ceil(size / 1024).toLocaleString('en-US')} KiB long: at most ${LIMITS.bytes / 1024} KiB are read`;

/** Reads one YAML document. Never throws: what is wrong is in `problems`. */
export function readYaml(input: Uint8Array | string, file: string, options: ReadOptions): YamlFile {
  const lines = new LineCounter();
  const result: YamlFile = {
    file,
    text: '',
    plain: undefined,
    root: { start: 0, keyStart: undefined, children: new Map() },
    problems: [],
    secrets: new Map(),
    problem: (offset, path, message, severity = 'error') => {
      const { line, col } = lines.linePos(offset);
      return { file, line: Math.max(line, 1), column: Math.max(col, 1), path: formatPath(path), message, severity };
    },
  };
  const refuse = (offset: number, message: string): YamlFile => {
    result.problems.push(result.problem(offset, [], message));
    return result;
  };

  const size = typeof input === 'string' ? Buffer.byteLength(input) : input.byteLength;
  if (size > LIMITS.bytes) return refuse(0, tooLong(size));
  if (typeof input !== 'string' && !isUtf8(input)) {
    result.problems.push({ file, ...firstBadByte(input), path: '', message: 'holds bytes that are not UTF-8: save the file as UTF-8', severity: 'error' });
    return result;
  }
  result.text = typeof input === 'string' ? input.replace(/^\uFEFF/, '') : new TextDecoder().decode(input);

  const nul = result.text.indexOf('\0');
  if (nul !== -1) {
    const before = result.text.slice(0, nul).split('\n');
    result.problems.push({ file, line: before.length, column: (before.at(-1) ?? '').length + 1, path: '', message: 'holds the NUL character: remove it', severity: 'error' });
    return result;
  }

  const tokens = [...new Parser(lines.addNewLine).parse(result.text)];
  const tooDeep = deeperThan(tokens, LIMITS.depth);
  if (tooDeep !== undefined) return refuse(tooDeep, `is nested more than ${LIMITS.depth} levels deep`);
  const [document, second] = new Composer({ uniqueKeys: false, version: '1.2', schema: 'core' }).compose(tokens, true, result.text.length);
  if (document === undefined) return refuse(0, 'is empty');
  for (const error of telling(document.errors)) result.problems.push(result.problem(error.pos[0], [], syntaxMessage(error, result.text)));
  if (second !== undefined && result.problems.length === 0) return refuse(second.range[0], 'a second document starts here: one file holds one, put the other into its own file');
  for (const warning of document.warnings) result.problems.push(result.problem(warning.pos[0], [], `not plain YAML: ${warning.message}; remove the tag`));
  if (result.problems.length > 0) return result;
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null)) return refuse(0, 'is empty');

  const walk = new Walk(result, document, options);
  const read = walk.read(document.contents, [], undefined);
  if (walk.exhausted) return result;
  result.plain = read.plain;
  result.root = read.place;
  return result;
}

interface Read {
  plain: unknown;
  place: Place;
}

/** Turns YAML nodes into plain data and places, bounded in nodes: aliases are followed, but not without end. */
class Walk {
  private readonly out: YamlFile;
  private readonly options: ReadOptions;
  private readonly open = new Set<YamlNode>();
  private readonly targets: ReadonlyMap<Alias, YamlNode>;
  private nodes = 0;
  /** The limits are passed: nothing more is read. */
  exhausted = false;

  constructor(out: YamlFile, document: Document, options: ReadOptions) {
    this.out = out;
    this.targets = targetsOf(document);
    this.options = options;
  }

  read(node: unknown, path: Path, keyStart: number | undefined): Read {
    const start = startOf(node) ?? keyStart ?? 0;
    const leaf = (plain: unknown): Read => ({ plain, place: { start, keyStart, children: new Map() } });
    this.nodes += 1;
    if (this.exhausted || this.nodes > LIMITS.nodes || path.length > LIMITS.depth) {
      if (!this.exhausted) this.complain(start, [], `grows to more than ${LIMITS.nodes.toLocaleString('en-US')} values or ${LIMITS.depth} levels with its aliases: write it smaller`);
      this.exhausted = true;
      return leaf(null);
    }
    if (isAlias(node)) return this.alias(node.source, this.targets.get(node), start, path, keyStart);
    if (isMap(node)) return this.map(node, path, start, keyStart);
    if (isSeq(node)) {
      this.open.add(node);
      const items = node.items.map((item, index) => this.read(item, [...path, index], undefined));
      this.open.delete(node);
      return { plain: items.map((item) => item.plain), place: { start, keyStart, children: new Map(items.map((item, index) => [index, item.place])) } };
    }
    if (!isScalar(node)) return leaf(null);
    if (typeof node.value === 'string') return this.text(node.value, node.range, path, keyStart);
    return leaf(node.value);
  }

  private alias(name: string, target: YamlNode | undefined, start: number, path: Path, keyStart: number | undefined): Read {
    const nothing: Read = { plain: null, place: { start, keyStart, children: new Map(), unset: true } };
    if (target === undefined) {
      this.complain(start, path, `*${name} refers to nothing: no &${name} stands before it (text that starts with * needs quotes)`);
      return nothing;
    }
    if (this.open.has(target)) {
      this.complain(start, path, `*${name} refers to what it stands in`);
      return nothing;
    }
    const read = this.read(target, path, keyStart);
    return { plain: read.plain, place: { ...read.place, keyStart } };
  }

  private map(node: YamlNode & { items: { key: unknown; value: unknown }[] }, path: Path, start: number, keyStart: number | undefined): Read {
    const children = new Map<string | number, Place>();
    const entries: [string, unknown][] = [];
    this.open.add(node);
    for (const { key, value } of node.items) {
      const keyAt = startOf(key) ?? start;
      if (!isScalar(key) || !(typeof key.value === 'string' || typeof key.value === 'number' || typeof key.value === 'boolean')) {
        this.complain(keyAt, path, 'a key must be one plain word');
        continue;
      }
      const name = String(key.value);
      const seen = children.get(name);
      if (name === '<<') {
        this.complain(keyAt, [...path, name], 'merge keys are not part of this format: write the keys out, or use an alias for a whole value');
      } else if (/\$\{(env|secret)\./.test(name)) {
        this.complain(keyAt, [...path, name], 'cannot be a key: references are put into values only');
      } else if (name === '__proto__' || name.includes('\0')) {
        this.complain(keyAt, [...path, name], 'cannot be a key: choose another name');
      } else if (seen !== undefined) {
        const first = this.out.problem(seen.keyStart ?? seen.start, [], '');
        this.complain(keyAt, [...path, name], `is given twice, first in line ${first.line}: keep one`);
      } else {
        const read = this.read(value, [...path, name], keyAt);
        children.set(name, read.place);
        entries.push([name, read.plain]);
      }
    }
    this.open.delete(node);
    return { plain: Object.fromEntries(entries), place: { start, keyStart, children } };
  }

  private text(value: string, range: Range | null | undefined, path: Path, keyStart: number | undefined): Read {
    const start = range?.[0] ?? keyStart ?? 0;
    const place: Place = { start, keyStart, children: new Map() };
    if (value.includes('\0')) {
      this.complain(start, path, 'holds the NUL character: remove \\0');
      return { plain: '', place: { ...place, unset: true } };
    }
    const resolved = resolve(value, this.options.env);
    const at = (written: string): number => {
      const inside = this.out.text.slice(start, range?.[1]);
      // What is never closed is the last of its kind.
      const index = written === '${' ? inside.lastIndexOf(written) : inside.indexOf(written);
      return start + Math.max(index, 0);
    };
    for (const { written, why } of resolved.wrong) this.complain(at(written), path, `${written} ${why}`);
    for (const { written, name, why, kind } of resolved.unset) {
      const next = kind === 'env' ? `set it, or write \${env.${name}:-default}` : 'set it to the secret value';
      this.complain(at(written), path, `the environment variable ${name} is ${why === 'unset' ? 'not set' : 'empty'}: ${next}`, this.options.unset);
    }
    for (const { name, value: secret } of resolved.secrets) this.out.secrets.set(name, secret);
    const typed = resolved.whole ? asScalar(resolved.marked) : undefined;
    if (typed !== undefined) place.typed = typed;
    if (resolved.wrong.length > 0 || resolved.unset.some(({ kind }) => kind === 'env')) place.unset = true;
    return { plain: resolved.marked, place };
  }

  private complain(offset: number, path: Path, message: string, severity: Problem['severity'] = 'error'): void {
    this.out.problems.push(this.out.problem(offset, path, message, severity));
  }
}

/** What each alias refers to: the last node before it with its anchor. In one pass, where `alias.resolve` would take one each. */
function targetsOf(document: Document): Map<Alias, YamlNode> {
  const anchored = new Map<string, YamlNode>();
  const targets = new Map<Alias, YamlNode>();
  visit(document, {
    Alias: (_, alias) => {
      const target = anchored.get(alias.source);
      if (target !== undefined) targets.set(alias, target);
    },
    Value: (_, node) => {
      if (node.anchor !== undefined) anchored.set(node.anchor, node);
    },
  });
  return targets;
}

function startOf(node: unknown): number | undefined {
  const holder = node as { range?: Range | null } | null | undefined;
  return holder?.range?.[0];
}
